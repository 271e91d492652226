internal import Foundation
internal import Records
internal import Synchronization

/// What the daemon knows of its streams at this moment: each stream's owner reports to its own place, the health
/// server reads them all.
final class StatusBoard: Sendable {
  private struct State {
    var streams: [StreamStatus] = []
    /// Whether every configured stream has been tried once.
    var isReady = false
  }

  /// Monotonic time, seconds.
  let now: @Sendable () -> Double
  /// When the board was set up, by `now`.
  let started: Double
  private let state = Mutex(State())

  /// - Parameter now: the clock; a test brings its own.
  init(now: @escaping @Sendable () -> Double = MonotonicClock.seconds) {
    self.now = now
    started = now()
  }

  /// Gives a stream its place, after those that are there. A stream of the same name gives up its own.
  func add(_ details: StreamDetails) -> StreamStatus {
    let status = StreamStatus(details, now: now)
    state.withLock { state in
      if let index = state.streams.firstIndex(where: { $0.details.name == details.name }) {
        state.streams[index] = status
      } else {
        state.streams.append(status)
      }
    }
    return status
  }

  /// The stream is watched no more.
  func remove(_ status: StreamStatus) {
    state.withLock { state in state.streams.removeAll { $0 === status } }
  }

  /// Every configured stream has been tried once.
  func becomeReady() { state.withLock { $0.isReady = true } }

  var isReady: Bool { state.withLock { $0.isReady } }

  /// In the order in which they were added.
  var streams: [StreamStatus] { state.withLock { $0.streams } }
}

/// Time that no correction of the wall clock moves.
enum MonotonicClock {
  /// Seconds since some moment before the program started.
  @Sendable static func seconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
