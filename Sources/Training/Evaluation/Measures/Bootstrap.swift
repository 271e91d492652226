/// A range of values; the bounds are reached.
struct Interval: Sendable, Hashable {
  var low: Double
  var high: Double
}

/// The percentile bootstrap over clusters (Efron, 1979): whole videos or people are drawn, with replacement, because the
/// frames of one video say nearly the same thing.
struct Bootstrap: Sendable {
  /// Resamples.
  var rounds = 2000
  var confidence = 0.95
  var seed: UInt64 = 1

  /// How often each cluster is drawn, resample by resample.
  /// - Parameter clusters: at least 1.
  func weights(clusters: Int, _ body: ([Double]) -> Void) {
    var random = BootstrapRandom(seed: seed)
    var weights = [Double](repeating: 0, count: clusters)
    for _ in 0..<rounds {
      for cluster in weights.indices { weights[cluster] = 0 }
      for _ in 0..<clusters { weights[Int.random(in: 0..<clusters, using: &random)] += 1 }
      body(weights)
    }
  }

  /// The interval of every figure. A resample in which a figure is not defined (no fakes drawn, for instance) does not
  /// count for it; a figure that is defined in fewer than half of the resamples has no interval.
  func intervals(of sample: Sample) -> [Figure: Interval] {
    guard sample.clusters > 1 else { return [:] }
    var values: [Figure: [Double]] = [:]
    weights(clusters: sample.clusters) { weights in
      for (figure, value) in sample.figures(weights: weights) { values[figure, default: []].append(value) }
    }
    return values.compactMapValues { $0.count * 2 >= rounds ? interval(of: $0) : nil }
  }

  /// The middle `confidence` of the values; nil without values.
  func interval(of values: [Double]) -> Interval? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let tail = (1 - confidence) / 2
    return Interval(low: Self.quantile(sorted, tail), high: Self.quantile(sorted, 1 - tail))
  }

  /// Linear between the two nearest order statistics, as numpy's default.
  static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let position = share * Double(sorted.count - 1)
    let below = Int(position.rounded(.down))
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers from the same seed on every machine.
struct BootstrapRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
