/// How long to wait before the next attempt: doubling from one second to a minute, with jitter so that many streams
/// do not knock in step. A pure value.
struct Backoff: Sendable {
  static let shortest = 1.0
  static let longest = 60.0
  /// An attempt that lasted this long was a success, and the count starts anew.
  static let forgetsAfter = 30.0

  private var failures = 0

  /// The delay in seconds after an attempt that ended.
  /// - Parameters:
  ///   - lasted: how long the stream was online, seconds.
  ///   - jitter: a random number, 0..<1.
  mutating func delay(lasted: Double, jitter: Double) -> Double {
    if lasted >= Self.forgetsAfter { failures = 0 }
    let full = min(Self.longest, Self.shortest * Double(1 << min(failures, 6)))
    failures += 1
    return max(Self.shortest, full * (0.75 + 0.25 * jitter))
  }
}
