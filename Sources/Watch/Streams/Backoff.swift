/// How long to wait before the next attempt: doubling from the shortest delay to the longest, with jitter so that many
/// streams do not knock in step. A pure value.
struct Backoff: Sendable {
  /// Whatever is configured: nobody knocks more often than once a second.
  static let least = 1.0
  /// An attempt that lasted this long was a success, and the count starts anew.
  static let forgetsAfter = 30.0

  private let range: BackoffRange
  private var failures = 0

  init(_ range: BackoffRange = BackoffRange()) { self.range = range }

  /// The delay in seconds after an attempt that ended.
  /// - Parameters:
  ///   - lasted: how long the stream was online, seconds.
  ///   - jitter: a random number, 0..<1.
  mutating func delay(lasted: Double, jitter: Double) -> Double {
    if lasted >= Self.forgetsAfter { failures = 0 }
    let shortest = max(Self.least, range.shortest)
    let full = min(max(shortest, range.longest), shortest * Double(1 << min(failures, 16)))
    failures += 1
    return max(shortest, full * (0.75 + 0.25 * jitter))
  }
}
