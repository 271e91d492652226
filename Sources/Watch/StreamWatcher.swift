internal import Analysis
internal import Forensics
internal import Foundation
internal import Media
internal import Records
internal import Synchronization

/// Watches one stream for as long as the daemon runs: opens it, tells what happens, and opens it again.
///
/// `watch` has the patience, `watchOnce` does the work.
final class StreamWatcher: Sendable {
  private struct State {
    var analysis: SourceAnalysis?
    var isStopped = false
    var nextTrack = 1
    var onlineSince: Double?
    var hasBeenOnline = false
    /// Whether what was opened last is a recording, which is done with at its end.
    var hasEnd = false
    var outcome = WatchOutcome()
  }

  private let location: Location
  private let narrator: Narrator
  private let pool: AnalysisPool
  private let settings: AnalysisSettings
  private let tell: @Sendable (Record) -> Void
  private let state = Mutex(State())
  private let wakeUp = DispatchSemaphore(value: 0)

  init(
    _ location: Location, name: String, pool: AnalysisPool, models: AnalysisModels, settings: AnalysisSettings,
    tell: @escaping @Sendable (Record) -> Void
  ) {
    self.location = location
    self.pool = pool
    self.settings = settings
    self.tell = tell
    narrator = Narrator(
      subject: .stream(StreamDetails(name: name, kind: location.kind.rawValue, url: location.redacted)), models: models)
  }

  /// Watches until stopped, or until a source that has an end is at its end. Blocks.
  func watch() -> WatchOutcome {
    var backoff = Backoff()
    while !state.withLock({ $0.isStopped }) {
      let failure = watchOnce()
      if failure == nil && state.withLock({ $0.hasEnd }) { break }
      let isStopped = state.withLock { $0.isStopped }
      let lasted = state.withLock { state in
        defer { state.onlineSince = nil }
        return state.onlineSince.map { now() - $0 } ?? 0
      }
      let delay = backoff.delay(lasted: lasted, jitter: .random(in: 0..<1))
      // What is on the network may come back, whatever its kind; a file that cannot be read stays so.
      tellLoss(failure, retryIn: !isStopped && location.isNetwork ? delay : nil)
      if !location.isNetwork {
        state.withLock { $0.outcome.failures += 1 }
        break
      }
      if !isStopped { _ = wakeUp.wait(timeout: .now() + delay) }
    }
    return state.withLock { $0.outcome }
  }

  func stop() {
    let analysis = state.withLock { state in
      state.isStopped = true
      return state.analysis
    }
    analysis?.cancel()
    wakeUp.signal()
  }

  /// Tells the counters of the connection that is open at the moment, if one is.
  func tellStats() {
    guard let counters = state.withLock({ $0.analysis })?.counters, counters.decoded > 0 else { return }
    tellCounters(counters)
  }

  /// Opens the stream and stays with it until it ends.
  /// - Returns: why it ended; nil for an orderly end.
  private func watchOnce() -> MediaError? {
    tell(narrator.record(.streamConnecting, message: "connecting to \(location.redacted)", reason: "start"))
    let ended = DispatchSemaphore(value: 0)
    let failure = Mutex<MediaError?>(nil)
    let firstTrack = state.withLock { $0.nextTrack }
    let analysis = SourceAnalysis(of: location, in: pool, settings: settings, firstTrack: firstTrack) { [self] event in
      switch event {
      case .opened, .picture: break
      case .flowing(let info): tellOpened(info)
      case .person(let change): note(change)
      case .finished(_, let counters, let reason):
        if counters.decoded > 0 { tellCounters(counters) }
        failure.withLock { $0 = reason }
        ended.signal()
      }
    }
    let mustStop = state.withLock { state in
      state.analysis = analysis
      return state.isStopped
    }
    if mustStop { analysis.cancel() }
    ended.wait()
    state.withLock { $0.analysis = nil }
    return failure.withLock { $0 }
  }

  private func tellOpened(_ info: VideoInfo) {
    let wasOnline = state.withLock { state in
      defer { state.hasBeenOnline = true }
      state.onlineSince = now()
      state.hasEnd = !info.isLive
      return state.hasBeenOnline
    }
    let picture = "\(info.codec) \(info.size.map { "\($0)" } ?? "of unknown size")"
    tell(
      wasOnline
        ? narrator.record(.streamRecovered, message: "online again, \(picture)", reason: "reconnected")
        : narrator.record(.streamOnline, message: "online, \(picture)", reason: "connected"))
  }

  private func tellLoss(_ failure: MediaError?, retryIn delay: Double?) {
    let code = failure?.code.rawValue ?? "end_of_stream"
    if failure?.code == .cancelled { return }
    let next = delay.map { ", next attempt in \(Int($0.rounded(.up))) s" } ?? ""
    tell(
      narrator.record(
        .streamLost, level: .error, message: (failure?.message ?? "the stream ended") + next, reason: code,
        failure: failure.map { Record.Failure(code: $0.code.rawValue, message: $0.message) }))
  }

  private func tellCounters(_ counters: SourceCounters) {
    tell(
      narrator.record(
        .stats, kind: .metric, message: "\(counters.analysed) frames analysed, \(counters.faces) faces judged"
      ) { $0.counters = CounterDetails(counters) })
  }

  private func note(_ change: PersonChange) {
    state.withLock { state in
      state.nextTrack = max(state.nextTrack, change.track + 1)
      if change.change.verdict.label == .fake { state.outcome.hasFake = true }
    }
    tell(narrator.record(of: change))
  }

  private func now() -> Double { ProcessInfo.processInfo.systemUptime }
}
