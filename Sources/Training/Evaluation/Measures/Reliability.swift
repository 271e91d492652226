internal import Foundation

/// Whether scores can be read as probabilities: what share is fake among the things with about the same score.
struct Reliability: Sendable {
  /// The things whose score lies in one of `bins` equal parts of 0...1.
  struct Bin: Sendable, Hashable {
    var weight = 0.0
    var scores = 0.0
    var fakes = 0.0

    var meanScore: Double? { weight > 0 ? scores / weight : nil }
    var shareOfFakes: Double? { weight > 0 ? fakes / weight : nil }
  }

  private(set) var bins: [Bin]
  private var squares = 0.0
  private var losses = 0.0
  private var total = 0.0

  /// Scores lie in 0...1; observations without one are left out.
  init(_ observations: [Observation], weights: [Double]? = nil, bins count: Int = 15) {
    bins = Array(repeating: Bin(), count: count)
    for observation in observations {
      guard let score = observation.score else { continue }
      let weight = weights?[observation.cluster] ?? 1
      let truth = observation.isFake ? 1.0 : 0
      let bin = min(count - 1, max(0, Int(score * Double(count))))
      bins[bin].weight += weight
      bins[bin].scores += weight * score
      bins[bin].fakes += weight * truth
      squares += weight * (score - truth) * (score - truth)
      // A score of exactly 0 or 1 that is wrong would cost infinitely much.
      let likelihood = min(max(observation.isFake ? score : 1 - score, 1e-6), 1)
      losses -= weight * log(likelihood)
      total += weight
    }
  }

  /// Mean squared distance between score and truth (Brier, 1950).
  var brierScore: Double? { total > 0 ? squares / total : nil }
  /// Mean −ln of the probability given to the truth, probabilities held to at least 10⁻⁶.
  var negativeLogLikelihood: Double? { total > 0 ? losses / total : nil }
  /// Weighted mean distance between score and share of fakes over the bins (Guo et al., arXiv:1706.04599).
  var expectedCalibrationError: Double? {
    guard total > 0 else { return nil }
    return bins.reduce(0) { $0 + abs($1.scores - $1.fakes) } / total
  }
}
