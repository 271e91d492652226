import Synchronization

/// A clock that stands until it is moved.
final class ManualClock: Sendable {
  private let time: Mutex<Double>

  init(_ start: Double = 1000) { time = Mutex(start) }

  var now: @Sendable () -> Double { { self.time.withLock { $0 } } }

  func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
}
