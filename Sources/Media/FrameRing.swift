/// The bounded way from a decoding thread to the analysis threads. Safe from any number of threads on both ends.
///
/// Live sources use `.dropOldest`, which never blocks the decoder and counts what it drops; files use `.wait`.
public final class FrameRing: Sendable {
  private let queue: Monitor<FrameQueue<Frame>>
  private let onArrival: (@Sendable () -> Void)?

  /// Holds at most `frames` frames and `bytes` bytes of picture memory; one larger frame still passes alone.
  /// `onArrival` is called, without any lock held, after each accepted frame and when the ring finishes or is cancelled.
  public init(
    frames: Int, bytes: Int = .max, whenFull: Overflow, onArrival: (@Sendable () -> Void)? = nil
  ) {
    queue = Monitor(FrameQueue(capacity: frames, byteCapacity: bytes, whenFull: whenFull))
    self.onArrival = onArrival
  }

  /// Hands over a frame, waiting for room if the ring is of that kind. False once the ring is finished or cancelled.
  @discardableResult
  public func push(_ frame: sending Frame) -> Bool {
    let frame = frame
    // What is evicted is released out here, so that freeing memory happens without the lock.
    let result: FrameQueue<Frame>.Push = queue.wait { queue in
      switch queue.push(frame, bytes: frame.byteCount) {
      case .wait: nil
      case let done: done
      }
    }
    guard case .accepted = result else { return false }
    queue.notify()
    onArrival?()
    return true
  }

  /// The oldest frame, waiting for one if need be. Nil once the ring is exhausted.
  public func next() -> Frame? {
    let result: FrameQueue<Frame>.Next = queue.wait { queue in
      switch queue.next() {
      case .wait: nil
      case let done: done
      }
    }
    return taken(result)
  }

  /// The oldest frame, or nil if there is none at this moment. `isExhausted` tells whether there may be one later.
  public func tryNext() -> Frame? { taken(queue.withLock { $0.next() }) }

  private func taken(_ result: FrameQueue<Frame>.Next) -> Frame? {
    guard case .element(let frame) = result else { return nil }
    queue.notify()
    return frame
  }

  /// Drops, and counts as evicted, what arrived before `arrival` (Unix seconds); the newest frame stays in any case.
  public func evict(olderThan arrival: Double) {
    // Released out here, so that freeing memory happens without the lock.
    let dropped: [Frame] = queue.withLock { queue in queue.evict { $0.arrival < arrival } }
    if !dropped.isEmpty { queue.notify() }
  }

  /// Says that no further frame comes. Those inside are still delivered.
  public func finish() {
    queue.withLock { $0.finish() }
    queue.notify()
    onArrival?()
  }

  /// Ends the ring at once for both sides. Frames inside are dropped and counted as evicted.
  public func cancel() {
    _ = queue.withLock { $0.cancel() }
    queue.notify()
    onArrival?()
  }

  /// Whether nothing will ever come out again.
  public var isExhausted: Bool { queue.withLock { $0.isExhausted } }

  public var counters: RingCounters { queue.withLock { $0.counters } }
}
