public import Analysis
internal import Forensics
internal import Foundation
internal import Media
public import Records
internal import Synchronization

/// A scan of an archive, from paths to records.
///
/// The walk finds files, workers look at them or find them in the ledger, the teller writes their records in the order
/// of the walk:
///
///     walk ─▶ workers (`jobs` of them) ─▶ ledger ─▶ teller ─▶ sink
///
/// Each worker has one file open and a decoding thread of its own; the analysis threads are shared. When the walk is over,
/// workers without a file help to decode the sections of those that are left, so that the last large file keeps all cores
/// busy.
public final class Scan: Sendable {
  private struct State {
    var walk: ArchiveWalk
    var walked = 0
    var found = (files: 0, bytes: 0)
    var isStopped = false
    var isInterrupted = false
    var failure: LedgerError?
  }

  let plan: ScanPlan
  private let desk: ScanDesk
  private let workers: [FileWorker]
  private let sink: RecordSink
  private let complain: @Sendable (String) -> Void
  private let state: Mutex<State>

  /// - Parameters:
  ///   - sink: numbers its records on from the plan's last one.
  ///   - complain: told one sentence about each thing that could not be read.
  ///   - observer: looks on.
  /// - Throws: what loading the networks or reading the list of files throws.
  public init(
    _ plan: ScanPlan, models: AnalysisModels, settings: AnalysisSettings, sink: RecordSink,
    observer: (any ScanObserver)? = nil, complain: @escaping @Sendable (String) -> Void
  ) throws {
    var settings = settings
    settings.survey = SurveyRequest(
      areaLevels: plan.model.areaLevels, keepsPictures: plan.request.keepsPictures)
    let desk = ScanDesk(
      request: plan.request, settings: settings, pool: try AnalysisPool(models: models, settings: settings),
      model: plan.model, ledger: plan.ledger, terms: plan.terms, run: plan.run, observer: observer)
    self.plan = plan
    self.desk = desk
    self.sink = sink
    self.complain = complain
    workers = (0..<max(1, plan.request.jobs)).map { FileWorker(number: $0, desk: desk) }
    state = Mutex(State(walk: try ArchiveWalk(plan.request)))
  }

  /// Scans everything; blocks until it is done or stopped.
  public func run() -> ScanOutcome {
    takeCensus()
    let narrator = FileNarrator(ledger: plan.ledger, model: plan.model, terms: plan.terms, run: plan.run)
    let teller = Teller(plan: plan, narrator: narrator, sink: sink, observer: desk.observer, complain: complain) {
      [self] in
      halt(isInterrupted: false)
    }
    teller.start()
    let busy = DispatchGroup()
    for worker in workers {
      busy.enter()
      startThread(named: "worker") { [self] in
        while let (input, place) = next() {
          do throws(LedgerError) {
            let outcome = try worker.work(on: input)
            switch outcome {
            case .item(_, let out):
              desk.observer?.finished(
                label: out.label, hasFailed: out.hasFailed, isCached: out.isCached, worker: worker.number)
            case .nothing: desk.observer?.passedOver(worker: worker.number)
            }
            teller.take(outcome, at: place)
          } catch {
            teller.fail(error)
          }
        }
        desk.hands.offer()
        busy.leave()
      }
    }
    busy.wait()
    var outcome = teller.finish()
    let (isInterrupted, failure) = state.withLock { ($0.isInterrupted, $0.failure) }
    outcome.isInterrupted = isInterrupted
    outcome.ledgerFailure = outcome.ledgerFailure ?? failure
    summarize(&outcome)
    return outcome
  }

  /// Ends the scan early; `run` then returns with the outcome so far. What is finished stays in the ledger, what is in
  /// work is begun again by the run that takes this one up.
  public func stop() { halt(isInterrupted: true) }

  private func halt(isInterrupted: Bool) {
    state.withLock { state in
      state.isStopped = true
      if isInterrupted { state.isInterrupted = true }
    }
    for worker in workers { worker.stop() }
  }

  /// The next input that the run has not told of yet, and its place in the walk.
  private func next() -> (ScanInput, Int)? {
    state.withLock { state in
      while !state.isStopped {
        guard let input = state.walk.next() else {
          if !countsAhead { desk.observer?.found(files: state.found.files, bytes: state.found.bytes, isComplete: true) }
          return nil
        }
        do throws(LedgerError) {
          if plan.isResumed, try plan.ledger.hasTold(of: FileWorker.absolute(input.path), in: plan.run) { continue }
        } catch {
          state.failure = error
          return nil
        }
        state.found.files += 1
        if case .file(let file) = input { state.found.bytes += file.bytes }
        if !countsAhead { desk.observer?.found(files: state.found.files, bytes: state.found.bytes, isComplete: false) }
        defer { state.walked += 1 }
        return (input, state.walked)
      }
      return nil
    }
  }

  /// Whether what is to come is counted while the work goes on.
  private var countsAhead: Bool { desk.observer != nil && ScanCensus.canCount(plan.request) }

  private func takeCensus() {
    guard countsAhead, let observer = desk.observer else { return }
    let census = ScanCensus(
      request: plan.request,
      isTold: { [plan] input in
        plan.isResumed && (try? plan.ledger.hasTold(of: FileWorker.absolute(input.path), in: plan.run)) == true
      }, observer: observer)
    startThread(named: "census") { [self] in census.count { self.state.withLock { $0.isStopped } } }
  }

  /// Ends the run in the ledger, if it has done everything. Call when the last record is written.
  public func conclude(_ outcome: ScanOutcome) throws(LedgerError) {
    guard outcome.sinkFailure == nil, outcome.ledgerFailure == nil else { return }
    if !outcome.isInterrupted {
      try plan.ledger.endRun(plan.run)
    } else if let last = sink.lastSequence {
      try plan.ledger.note(told: last, of: plan.run)
    }
  }

  private func summarize(_ outcome: inout ScanOutcome) {
    if outcome.ledgerFailure == nil, !(plan.hasSummary && outcome == plan.outcome) {
      desk.observer?.willTell()
      defer { desk.observer?.didTell() }
      try? sink.write(Record(.scanSummary, message: outcome.sentence, details: Details(summary: outcome.details)))
    }
    outcome.sinkFailure = sink.failure
  }
}

extension ScanInput {
  /// As it was given or found, without credentials.
  fileprivate var path: String {
    switch self {
    case .file(let file): file.path
    case .other(let address): Location(address).redacted
    case .problem(let path, _, _): path
    }
  }
}
