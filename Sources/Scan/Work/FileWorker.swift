internal import Analysis
internal import Forensics
internal import Foundation
internal import Media
internal import Synchronization

/// Takes one input after the other from the walk to what the ledger says of it. One for each job.
final class FileWorker: Sendable {
  /// What became of an input.
  enum Outcome: Sendable {
    case item(LedgerItem, FoundOut)
    /// Nothing is to be told: it is outside of what was asked for, or the scan was stopped.
    case nothing
  }

  /// What a progress display is told of an item.
  struct FoundOut: Sendable {
    var label: Label?
    var hasFailed: Bool
    var isCached: Bool
  }

  private struct State {
    var running: FileExamination?
    var isStopped = false
  }

  let number: Int
  private let desk: ScanDesk
  private let state = Mutex(State())

  init(number: Int, desk: ScanDesk) {
    self.number = number
    self.desk = desk
  }

  private var isStopped: Bool { state.withLock { $0.isStopped } }

  /// Ends the file in work early; nothing is begun any more.
  func stop() {
    state.withLock { state in
      state.isStopped = true
      return state.running
    }?.cancel()
  }

  /// Blocks until it is done.
  func work(on input: ScanInput) throws(LedgerError) -> Outcome {
    switch input {
    case .problem(let path, let code, let message):
      let item = LedgerItem(
        path: path, absolute: Self.absolute(path), failure: LedgerFailure(code: code, message: message))
      return .item(item, FoundOut(label: nil, hasFailed: true, isCached: false))
    case .other(let address):
      let location = Location(address)
      desk.observer?.began(location.redacted, bytes: 0, worker: number)
      let isPath = location.kind == .file || location.kind == .imageSequence
      return try examine(
        location, LedgerItem(path: location.redacted, absolute: isPath ? Self.absolute(address) : location.redacted),
        content: nil, FileClock(desk.request.limits))
    case .file(let file):
      desk.observer?.began(file.path, bytes: file.bytes, worker: number)
      return try work(on: file)
    }
  }

  private func work(on file: FoundFile) throws(LedgerError) -> Outcome {
    var item = LedgerItem(path: file.path, absolute: Self.absolute(file.path))
    var clock = FileClock(desk.request.limits)
    let sha256: String
    if let known = try digest(kept: item.absolute, of: file) {
      sha256 = known
    } else {
      do throws(MediaError) {
        sha256 = try SHA256.hexDigest(ofFile: file.path) { isStopped || clock.isOver }
      } catch {
        if error.code == .cancelled, isStopped { return .nothing }
        item.failure = error.code == .cancelled ? clock.failure(of: file.path) : LedgerFailure(error)
        return .item(item, FoundOut(label: nil, hasFailed: true, isCached: false))
      }
    }
    item.known = KnownFile(
      bytes: file.bytes, modified: file.modified, device: file.device, inode: file.inode, sha256: sha256)
    clock.pause { desk.claims.claim(sha256) }
    defer { desk.claims.release(sha256) }
    if let known = try desk.ledger.scan(ofContent: sha256, under: desk.terms) { return try answer(item, from: known) }
    return try examine(Location(file.path), item, content: (sha256, file.bytes), clock)
  }

  /// The content's digest as the ledger has it, where size, time and place on the disk are those it was taken with.
  private func digest(kept absolute: String, of file: FoundFile) throws(LedgerError) -> String? {
    guard !desk.request.rehashes, let known = try desk.ledger.file(at: absolute), known.bytes == file.bytes,
      known.modified == file.modified, known.device == file.device, known.inode == file.inode
    else { return nil }
    return known.sha256
  }

  /// Answers from what the ledger has, judging it anew where it was never judged so.
  private func answer(_ item: LedgerItem, from scan: LedgerScan.ID) throws(LedgerError) -> Outcome {
    var item = item
    item.scan = scan
    guard let kept = try desk.ledger.scan(scan, at: item.path) else { return .nothing }
    if isTooShort(kept.scan.media) { return .nothing }
    var verdict = try desk.ledger.verdict(of: scan, under: desk.terms.judgement)
    if verdict == nil, kept.scan.counters.decoded > 0 || kept.failure == nil {
      let judged = JudgedScan(
        try desk.ledger.ballots(of: scan), endings: try desk.ledger.endings(of: scan),
        isStill: kept.scan.media?.isStill ?? false, isWhole: kept.failure?.leavesRest != true,
        by: desk.terms.judgement, of: desk.model)
      try desk.ledger.keep(judged, of: scan, under: desk.terms)
      verdict = judged.verdict
    }
    return .item(
      item, FoundOut(label: verdict?.label, hasFailed: kept.failure != nil, isCached: kept.run != desk.run))
  }

  private func examine(
    _ location: Location, _ item: LedgerItem, content: (sha256: String, bytes: Int)?, _ clock: FileClock
  ) throws(LedgerError) -> Outcome {
    var item = item
    guard let scan = analysed(location, clock) else { return .nothing }
    let isCancelled = scan.failure?.code == MediaError.Code.cancelled.rawValue
    // What was cut off is done again by the run that takes this one up, where there can be one.
    if isCancelled, content != nil, !desk.ledger.isTemporary { return .nothing }
    let judged =
      scan.counters.decoded > 0 || scan.failure == nil
      ? JudgedScan(
        scan.ballots, endings: scan.endings, isStill: scan.media?.isStill ?? false,
        isWhole: scan.failure?.leavesRest != true, by: desk.terms.judgement, of: desk.model) : JudgedScan()
    // A failure that another attempt may not meet is no property of the content.
    let isLasting = scan.failure?.isLasting ?? true
    item.scan = try desk.ledger.keep(
      scan, of: isLasting ? content : nil, path: item.path, judged: judged, under: desk.terms, by: desk.run)
    return .item(
      item, FoundOut(label: judged.verdict?.label, hasFailed: scan.failure != nil, isCached: false))
  }

  /// Nil when the scan was stopped before it began, or the file is not to be told of.
  private func analysed(_ location: Location, _ clock: FileClock) -> FinishedScan? {
    guard desk.request.isQuick else { return analysed(location, desk.settings, clock) }
    guard var glance = analysed(location, desk.settings.glancing, clock) else { return nil }
    // What is broken is not broken less when it is looked at again.
    guard glance.failure == nil, glance.media?.isStill == false else { return glance }
    let striking = glance.strikingRanges(above: threshold)
    if striking.isEmpty { return glance }
    guard let look = analysed(location, desk.settings.looking(closerAt: striking), clock) else { return nil }
    guard let failure = look.failure, failure.leavesRest else { return look }
    // The key frames tell of the whole file, the closer look only of what comes before the limit.
    glance.failure = failure
    return glance
  }

  /// In the network's own confidences.
  private var threshold: Float { desk.model.calibration.score(of: desk.terms.judgement.threshold) }

  private func analysed(_ location: Location, _ settings: AnalysisSettings, _ clock: FileClock) -> FinishedScan? {
    let examination = FileExamination(
      of: location, in: desk.pool, settings: settings, threshold: threshold, limits: desk.request.limits, clock: clock,
      gate: desk.largeFiles, hands: desk.hands,
      isWanted: { [self] in !isTooShort($0) },
      opened: { [desk, number] in desk.observer?.opened(duration: $0, worker: number) },
      reached: { [desk, number] in desk.observer?.reached($0, worker: number) })
    let isStopped = state.withLock { state in
      if !state.isStopped { state.running = examination }
      return state.isStopped
    }
    guard !isStopped else { return nil }
    defer { state.withLock { $0.running = nil } }
    return examination.run()
  }

  private func isTooShort(_ media: LedgerMedia?) -> Bool {
    guard let minimum = desk.request.minimumDuration, let duration = media?.duration else { return false }
    return duration < minimum
  }

  /// Without `.`, `..` and doubled slashes; links stay as they are.
  static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardized.path }
}
