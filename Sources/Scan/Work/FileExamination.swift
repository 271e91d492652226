internal import Analysis
internal import Forensics
internal import Foundation
internal import Media
internal import Synchronization

/// The analysis of one file or address, from opening to its last ballot. One at a time for each worker, which waits.
final class FileExamination: Sendable {
  private struct State {
    var collector: BallotCollector
    var media: VideoInfo?
    var analysis: SourceAnalysis?
    var isCancelled = false
    var ending: (counters: SourceCounters, failure: MediaError?)?
  }

  private let location: Location
  private let pool: AnalysisPool
  private let settings: AnalysisSettings
  private let state: Mutex<State>
  private let isOver = DispatchSemaphore(value: 0)
  private let began = ContinuousClock.now
  private let opened: @Sendable (Double?) -> Void
  private let reached: @Sendable (Double) -> Void

  /// - Parameters:
  ///   - threshold: in the network's own confidences.
  ///   - opened: told the duration.
  ///   - reached: told the media time of each frame that was looked at.
  init(
    of location: Location, in pool: AnalysisPool, settings: AnalysisSettings, threshold: Float,
    opened: @escaping @Sendable (Double?) -> Void, reached: @escaping @Sendable (Double) -> Void
  ) {
    self.location = location
    self.pool = pool
    self.settings = settings
    state = Mutex(State(collector: BallotCollector(threshold: threshold)))
    self.opened = opened
    self.reached = reached
  }

  /// Looks at everything; blocks until that is done or cancelled.
  func run() -> FinishedScan {
    // Held while the analysis is noted, so that a cancellation either finds it or is found.
    state.withLock { state in
      guard !state.isCancelled else {
        state.ending = (SourceCounters(), MediaError(.cancelled, "\(location) was not begun"))
        isOver.signal()
        return
      }
      state.analysis = SourceAnalysis(
        of: location, in: pool, settings: settings,
        observe: { [self] ballots in
          self.state.withLock { $0.collector.add(ballots) }
          reached(ballots.time)
        },
        report: { [self] event in note(event) })
    }
    isOver.wait()
    return state.withLock { state in
      state.analysis = nil
      var scan = FinishedScan()
      scan.media = state.media.map(LedgerMedia.init)
      scan.ballots = state.collector.ballots
      scan.times = state.collector.times
      scan.endings = state.collector.endings
      scan.pictures = state.collector.pictures()
      scan.counters = LedgerCounters(state.ending?.counters ?? SourceCounters())
      scan.failure = state.ending?.failure.map { LedgerFailure(code: $0.code.rawValue, message: $0.message) }
      scan.seconds = (ContinuousClock.now - began) / .seconds(1)
      return scan
    }
  }

  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      return state.analysis
    }?.cancel()
  }

  private func note(_ event: SourceEvent) {
    switch event {
    case .opened(let info):
      state.withLock { $0.media = info }
      opened(info.duration)
    case .flowing(let info): state.withLock { $0.media = info }
    case .picture, .person: break
    case .finished(_, let counters, let failure):
      state.withLock { $0.ending = (counters, failure) }
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
