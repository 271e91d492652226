public import Analysis
internal import Forensics
internal import Foundation
internal import Records

/// What is known of a scan before it begins: whether it takes up an earlier run, and at which record the telling goes
/// on.
public struct ScanPlan: Sendable {
  let ledger: Ledger
  let request: ScanRequest
  let terms: LedgerTerms
  let model: LedgerModel
  private(set) var run: LedgerRun.ID = 0
  /// `unmask.run_id` of all its records.
  public private(set) var ulid = ""
  /// `event.sequence` of the last record that the output holds.
  public private(set) var lastSequence: Int64 = 0
  /// Whether it takes up a run that was cut short.
  public private(set) var isResumed = false
  /// Whether the output begins with this process: a `service.start` record is due.
  public private(set) var isBeginning = true
  /// Records that the ledger holds for told and the output lacks.
  private(set) var missing: [ToldItem] = []
  /// Place of the next item.
  private(set) var places = 0
  /// What the run has found so far.
  private(set) var outcome = ScanOutcome()
  /// Whether the output holds the run's summary already.
  private(set) var hasSummary = false

  /// - Parameters:
  ///   - resumes: whether a run with the same request that was cut short is taken up.
  ///   - output: the file that records are appended to; nil when they go elsewhere.
  /// - Throws: when the ledger fails, or the run is under way in another process.
  public init(
    _ request: ScanRequest, models: AnalysisModels, settings: AnalysisSettings, ledger: Ledger, program: String,
    resumes: Bool, output: String?
  ) throws(LedgerError) {
    self.request = request
    self.ledger = ledger
    model = LedgerModel(models.detector)
    terms = try ledger.terms(
      model: model, settings: ScanSettings(settings, models.faces, isQuick: request.isQuick).text,
      judgement: Judgement(threshold: models.rule(settings).threshold, votes: models.votes(settings)))
    let identity = request.identity
    if resumes, let cut = try ledger.takeUpRun(request: identity, terms: terms) {
      (run, ulid) = (cut.id, cut.ulid)
      if try takeUp(output) { return }
    }
    ulid = ULID().description
    run = try ledger.beginRun(
      ulid: ulid, program: program, request: identity, shard: request.walk.shard?.description, terms: terms)
  }

  /// Goes on with the run. What the output holds decides where; if it cannot be asked, as a pipe, the ledger's word
  /// counts, and the records that it is not sure of come again.
  /// - Returns: false when the run had come to its end after all.
  private mutating func takeUp(_ output: String?) throws(LedgerError) -> Bool {
    let tail = output.flatMap { RecordTail(ofFile: $0, runID: ulid) }
    let isStopped = tail?.action == Record.Action.serviceStop.rawValue
    if isStopped, tail?.reason == Self.done {
      try ledger.endRun(run)
      return false
    }
    let told = try ledger.told(of: run)
    let known = tail?.sequence ?? told
    isBeginning = tail == nil || isStopped
    hasSummary = tail?.action == Record.Action.scanSummary.rawValue
    let used = try ledger.end(of: run).sequence
    lastSequence = tail?.sequence ?? max(told, used)
    // Killed before its first record, it has not begun for anybody who reads them.
    isResumed = lastSequence > 0
    if isBeginning {
      try ledger.forgetItems(of: run, behind: known)
    } else {
      missing = try ledger.items(of: run, behind: known)
      if tail?.isTorn == true { try ledger.makeRoom(behind: known, of: run) }
    }
    places = try ledger.end(of: run).places
    outcome = try ledger.outcome(of: run, upTo: known)
    return true
  }

  /// `event.reason` of the last record of a run that has done everything.
  public static let done = "done"
}
