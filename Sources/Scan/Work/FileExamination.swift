internal import Analysis
internal import Forensics
internal import Foundation
internal import Media
internal import Synchronization

/// The analysis of one file or address, from opening to its last ballot, or to a limit. One at a time for each worker,
/// which waits.
final class FileExamination: Sendable {
  private struct State {
    var collector: BallotCollector
    var media: VideoInfo?
    var analysis: SourceAnalysis?
    /// Why it was told to end early.
    var stop: Stop?
    var ending: Ending?
    /// What is left of its time; nil while it waits for another file.
    var clock: FileClock?
    var holdsGate = false
  }

  private struct Ending {
    let counters: SourceCounters
    var failure: LedgerFailure?
    /// Whether the analysis did not end, and nobody waits for it any more.
    var isAbandoned = false

    /// Whether something of what can be read is missing. Frames that waited when it was stopped are, however the reading
    /// itself ended.
    var isCut: Bool {
      isAbandoned || counters.evicted > 0 || failure?.code == MediaError.Code.cancelled.rawValue
    }
  }

  /// Why an examination is ended from outside.
  private enum Stop {
    case cancelled
    /// It is none of those that were asked for.
    case unwanted
    case limit(LedgerFailure)
  }

  private let location: Location
  private let pool: AnalysisPool
  private let settings: AnalysisSettings
  private let limits: FileLimits
  private let gate: LargeFileGate
  private let hands: SpareHands
  private let state: Mutex<State>
  private let isOver = DispatchSemaphore(value: 0)
  private let isWanted: @Sendable (LedgerMedia) -> Bool
  private let opened: @Sendable (Double?) -> Void
  private let reached: @Sendable (Double) -> Void

  /// Seconds between two looks at the clock.
  private static let beat = 0.5

  /// - Parameters:
  ///   - threshold: in the network's own confidences.
  ///   - hands: may help to decode it.
  ///   - isWanted: asked as soon as the file is open.
  ///   - opened: told the duration.
  ///   - reached: told the media time of each frame that was looked at.
  init(
    of location: Location, in pool: AnalysisPool, settings: AnalysisSettings, threshold: Float, limits: FileLimits,
    clock: FileClock, gate: LargeFileGate, hands: SpareHands, isWanted: @escaping @Sendable (LedgerMedia) -> Bool,
    opened: @escaping @Sendable (Double?) -> Void, reached: @escaping @Sendable (Double) -> Void
  ) {
    self.location = location
    self.pool = pool
    self.settings = settings
    self.limits = limits
    self.gate = gate
    self.hands = hands
    state = Mutex(State(collector: BallotCollector(threshold: threshold), clock: clock))
    self.isWanted = isWanted
    self.opened = opened
    self.reached = reached
  }

  /// Looks at everything; blocks until that is done, cancelled, or a limit is reached.
  /// - Returns: nil when the file is none of those wanted.
  func run() -> FinishedScan? {
    // Held while the analysis is noted, so that a cancellation either finds it or is found.
    let analysis: SourceAnalysis? = state.withLock { state in
      guard state.stop == nil else { return nil }
      state.analysis = SourceAnalysis(
        of: location, in: pool, settings: settings, hands: hands, observe: { [self] in note($0) },
        report: { [self] in note($0) })
      return state.analysis
    }
    if let analysis { wait(for: analysis) }
    if state.withLock({ $0.holdsGate }) { gate.leave() }
    return state.withLock { state in
      state.analysis = nil
      if case .unwanted = state.stop { return nil }
      var scan = FinishedScan()
      scan.media = state.media.map(LedgerMedia.init)
      scan.ballots = state.collector.ballots
      scan.times = state.collector.times
      scan.endings = state.collector.endings
      scan.pictures = state.collector.pictures()
      scan.counters = LedgerCounters(state.ending?.counters ?? SourceCounters())
      scan.failure = failure(state)
      scan.seconds = state.clock?.spent ?? 0
      return scan
    }
  }

  func cancel() { stop(.cancelled) }

  private func stop(_ reason: Stop) {
    state.withLock { state in
      state.stop = state.stop ?? reason
      return state.analysis
    }?.cancel()
  }

  /// Waits for the end, and hastens it where a limit is reached. FFmpeg in the middle of a computation hears nothing:
  /// after a while it is left to itself, and its thread ends when it comes back.
  private func wait(for analysis: SourceAnalysis) {
    var deadline: DispatchTime?
    while true {
      let left = state.withLock { $0.clock?.left }
      let step = deadline == nil ? min(left ?? Self.beat, Self.beat) : min(limits.grace, Self.beat)
      if isOver.wait(timeout: .now() + step) == .success { return }
      if let deadline, deadline <= .now() { break }
      if let limit = reachedLimit(analysis) { stop(.limit(limit)) }
      if deadline == nil, state.withLock({ $0.stop != nil }) { deadline = .now() + limits.grace }
    }
    // Asked for before the lock is taken, since events come with the lane's own lock held.
    let counters = analysis.counters
    state.withLock { $0.ending = $0.ending ?? Ending(counters: counters, isAbandoned: true) }
  }

  private func reachedLimit(_ analysis: SourceAnalysis) -> LedgerFailure? {
    let clock = state.withLock { $0.clock }
    if let clock, clock.isOver { return clock.failure(of: location.redacted) }
    guard let since = analysis.busySince, ReaderProgress.clock - since > limits.patience else { return nil }
    return LedgerFailure(
      .hung,
      "\(location) brought neither a packet nor a picture in \(ReportWords.short(limits.patience, 1)) s of computing; the rest is not looked at"
    )
  }

  /// What cut it short, if anything did.
  private func failure(_ state: State) -> LedgerFailure? {
    switch state.stop {
    case .limit(let limit) where state.ending?.isCut != false: limit
    case .cancelled where state.ending?.isCut != false:
      LedgerFailure(.cancelled, "\(location) was stopped before its end")
    default: state.ending?.failure
    }
  }

  private func note(_ ballots: FrameBallots) {
    let isLate = state.withLock { state in
      guard state.ending == nil else { return true }
      state.collector.add(ballots)
      return false
    }
    if !isLate { reached(ballots.time) }
  }

  /// Called on the decoding thread, before the first picture.
  private func waitForTurn() {
    var clock = state.withLock { $0.clock.take() }
    let isStopped = { self.state.withLock { $0.stop != nil || $0.ending != nil } }
    let isIn = clock?.pause { gate.enter(unless: isStopped) } ?? false
    let isLate = state.withLock { state in
      state.clock = clock
      state.holdsGate = isIn && state.ending == nil
      return isIn && !state.holdsGate
    }
    if isLate { gate.leave() }
  }

  private func note(_ event: SourceEvent) {
    switch event {
    case .opened(let info):
      guard isWanted(LedgerMedia(info)) else { return stop(.unwanted) }
      if LargeFileGate.isLarge(info) { waitForTurn() }
      let isLate = state.withLock { state in
        state.media = info
        return state.ending != nil
      }
      if !isLate { opened(info.duration) }
    case .flowing(let info): state.withLock { $0.media = info }
    case .picture, .person: break
    case .finished(_, let counters, let failure):
      state.withLock { $0.ending = $0.ending ?? Ending(counters: counters, failure: failure.map(LedgerFailure.init)) }
      isOver.signal()
    }
  }
}

extension LedgerCounters {
  init(_ counters: SourceCounters) {
    self.init()
    decoded = counters.decoded
    sampled = counters.sampled
    skipped = counters.skipped
    corrupt = counters.corrupt
    analysed = counters.analysed
    evicted = counters.evicted
    failed = counters.failed
    faces = counters.faces
  }
}
