internal import Synchronization

/// Threads that have nothing to do and may decode for others: how many there are.
public final class SpareHands: Sendable {
  private let count = Atomic<Int>(0)

  public init() {}

  /// One more is free, or free again.
  public func offer() { count.add(1, ordering: .relaxed) }

  /// Takes one, if one is free.
  func take() -> Bool {
    var seen = count.load(ordering: .relaxed)
    while seen > 0 {
      let (isExchanged, now) = count.weakCompareExchange(expected: seen, desired: seen - 1, ordering: .relaxed)
      if isExchanged { return true }
      seen = now
    }
    return false
  }
}
