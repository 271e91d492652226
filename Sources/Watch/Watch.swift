public import Analysis
internal import Foundation
internal import Media
public import Records
internal import Synchronization

/// How watching ended.
public struct WatchOutcome: Sendable, Hashable {
  /// Whether a manipulated face was seen.
  public internal(set) var hasFake = false
  /// Sources with an end that could not be read to it.
  public internal(set) var failures = 0
  /// Why records could not be written any more, if that is what ended the watch.
  public internal(set) var sinkFailure: SinkError?
}

/// The daemon: one watcher for each stream, one pool of analysis threads for all.
public final class Watch: Sendable {
  /// Seconds between two `stats` records of a stream.
  static let statsInterval = 60

  private let watchers: [StreamWatcher]
  private let pool: AnalysisPool
  private let sink: RecordSink
  private let stopping = Mutex(false)

  /// - Parameters:
  ///   - addresses: files or URLs; user and password in them never leave this program.
  ///   - complain: told one sentence about each stream that is lost.
  public init(
    addresses: [String], models: AnalysisModels, settings: AnalysisSettings, sink: RecordSink,
    complain: @escaping @Sendable (String) -> Void
  ) throws {
    let pool = try AnalysisPool(models: models, settings: settings)
    self.pool = pool
    self.sink = sink
    let locations = addresses.map { Location($0) }
    watchers = zip(locations, StreamName.names(for: locations)).map { location, name in
      StreamWatcher(location, name: name, pool: pool, models: models, settings: settings) { record in
        if record.action == .streamLost { complain(record.message) }
        try? sink.write(record)
      }
    }
  }

  /// Watches until stopped, or until all sources with an end are at theirs. Blocks.
  public func run() -> WatchOutcome {
    let total = Mutex(WatchOutcome())
    let running = DispatchGroup()
    for watcher in watchers {
      running.enter()
      startThread(named: "watch") {
        let outcome = watcher.watch()
        total.withLock { total in
          total.hasFake = total.hasFake || outcome.hasFake
          total.failures += outcome.failures
        }
        running.leave()
      }
    }
    var seconds = 0
    while running.wait(timeout: .now() + 1) == .timedOut {
      seconds += 1
      if seconds.isMultiple(of: Self.statsInterval) { watchers.forEach { $0.tellStats() } }
      // A daemon whose records go nowhere must not look alive.
      if sink.failure != nil { stop() }
    }
    var outcome = total.withLock { $0 }
    outcome.sinkFailure = sink.failure
    return outcome
  }

  /// Ends the watch: every stream is closed, open verdicts are closed and written, and `run` returns.
  public func stop() {
    let isFirst = stopping.withLock { stopping in
      defer { stopping = true }
      return !stopping
    }
    guard isFirst else { return }
    for watcher in watchers { watcher.stop() }
  }
}
