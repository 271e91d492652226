/// How long something took, counted in fixed buckets: the shape of a Prometheus histogram. A pure value.
public struct DurationHistogram: Sendable, Hashable {
  /// Upper ends of the buckets in seconds, inclusive; one more bucket takes what is longer.
  public static let bounds: [Double] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

  /// Observations in each bucket, not cumulated: one for each bound and one for what is longer.
  public private(set) var counts = [Int](repeating: 0, count: Self.bounds.count + 1)
  /// Seconds in all.
  public private(set) var sum = 0.0

  public init() {}

  /// Observations in all.
  public var count: Int { counts.reduce(0, +) }

  /// Counts one duration; one that is negative or no number counts as zero, for clocks are only human.
  public mutating func observe(_ seconds: Double) {
    let seconds = seconds > 0 ? seconds : 0
    counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
    sum += seconds
  }
}
