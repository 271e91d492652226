/// The protocol of the FakeTalkerDetect paper: scores and threshold stay as they are, all reals stay, and fakes are
/// drawn until they make up 50, 25, 5 and 1 % of what is judged. With few fakes among many reals a detector's precision
/// falls, which balanced test sets hide.
struct UnbalancedProtocol: Sendable {
  /// One mix of fakes and reals.
  struct Mix: Sendable {
    /// The wanted share of fakes, 0...1.
    let share: Double
    let reals: Int
    /// Fakes drawn each time: fewer than the share asks for where there are not enough, 0 where it asks for less than one.
    let fakes: Int
    /// Draws; 1 when all fakes are taken.
    let draws: Int
    /// Mean over the draws, and the middle 95 % of them.
    let means: [Figure: Double]
    let intervals: [Figure: Interval]
    /// The fake class's precision that recall and false-positive rate of the whole set promise at this share.
    let expectedPrecision: Double?
  }

  static let shares = [0.5, 0.25, 0.05, 0.01]
  var draws = 100
  var seed: UInt64 = 1

  func mixes(of sample: Sample) -> [Mix] { Self.shares.map { mix($0, of: sample) } }

  private func mix(_ share: Double, of sample: Sample) -> Mix {
    let reals = sample.observations.filter { !$0.isFake }
    var fakes = sample.observations.filter(\.isFake)
    let taken = min(Int((Double(reals.count) * share / (1 - share)).rounded()), fakes.count)
    let rounds = taken == 0 || reals.isEmpty ? 0 : taken == fakes.count ? 1 : draws
    var random = BootstrapRandom(seed: seed)
    var values: [Figure: [Double]] = [:]
    for _ in 0..<rounds {
      fakes.shuffle(using: &random)
      for (figure, value) in Sample(reals + fakes.prefix(taken)).figures() {
        values[figure, default: []].append(value)
      }
    }
    let bootstrap = Bootstrap()
    return Mix(
      share: share, reals: reals.count, fakes: taken, draws: rounds,
      means: values.mapValues { $0.reduce(0, +) / Double($0.count) },
      intervals: rounds > 1 ? values.compactMapValues { bootstrap.interval(of: $0) } : [:],
      expectedPrecision: sample.confusion().precision(atShareOfFakes: share))
  }
}
