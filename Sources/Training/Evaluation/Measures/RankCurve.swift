/// How well scores rank fakes above reals: the points of the ROC and precision-recall curves, and the areas under them.
///
/// Equal scores are one point, so ties count half in the area under the ROC curve (as in the Mann-Whitney statistic).
struct RankCurve: Sendable {
  /// What is called fake when everything scored `threshold` or higher is.
  struct Point: Sendable, Hashable {
    let threshold: Double
    let truePositives: Double
    let falsePositives: Double
  }

  let fakes: Double
  let reals: Double
  /// From nothing called fake (threshold +∞) to everything, one for each distinct score.
  let points: [Point]

  /// - Parameters:
  ///   - ranked: sorted by score, highest first; those without a score last, where they are left out.
  ///   - weights: how often each cluster counts; once when nil.
  /// - Returns: nil unless there are fakes and reals with scores.
  init?(ranked: [Observation], weights: [Double]? = nil) {
    var points = [Point(threshold: .infinity, truePositives: 0, falsePositives: 0)]
    var fakes = 0.0
    var reals = 0.0
    var index = 0
    while index < ranked.count, let score = ranked[index].score {
      let before = fakes + reals
      while index < ranked.count, ranked[index].score == score {
        let weight = weights?[ranked[index].cluster] ?? 1
        if ranked[index].isFake { fakes += weight } else { reals += weight }
        index += 1
      }
      if fakes + reals > before {
        points.append(Point(threshold: score, truePositives: fakes, falsePositives: reals))
      }
    }
    guard fakes > 0, reals > 0 else { return nil }
    self.fakes = fakes
    self.reals = reals
    self.points = points
  }

  /// Sorts as `init(ranked:weights:)` wants it.
  static func ranked(_ observations: [Observation]) -> [Observation] {
    observations.sorted { ($0.score ?? -.infinity) > ($1.score ?? -.infinity) }
  }

  init?(_ observations: [Observation]) { self.init(ranked: Self.ranked(observations)) }

  func truePositiveRate(_ point: Point) -> Double { point.truePositives / fakes }
  func falsePositiveRate(_ point: Point) -> Double { point.falsePositives / reals }

  /// Area under the ROC curve: the probability that a fake scores higher than a real, ties counting half.
  var areaUnderROC: Double {
    var area = 0.0
    for (low, high) in zip(points, points.dropFirst()) {
      area += (high.falsePositives - low.falsePositives) * (high.truePositives + low.truePositives) / 2
    }
    return area / (fakes * reals)
  }

  /// Σ (Rₙ − Rₙ₋₁)·Pₙ over the distinct scores: the area under the precision-recall curve without interpolation.
  var averagePrecision: Double {
    var sum = 0.0
    for (low, high) in zip(points, points.dropFirst()) {
      let precision = high.truePositives / (high.truePositives + high.falsePositives)
      sum += (high.truePositives - low.truePositives) / fakes * precision
    }
    return sum
  }

  /// The rate at which as large a share of fakes is missed as of reals is called fake, on the straight line between the
  /// two points of the ROC curve around it.
  var equalErrorRate: Double {
    var low = points[0]
    for high in points.dropFirst() {
      // Rises from −1 to 1 along the curve; zero where both errors are equal.
      let before = falsePositiveRate(low) + truePositiveRate(low) - 1
      let after = falsePositiveRate(high) + truePositiveRate(high) - 1
      if after >= 0 {
        let share = -before / (after - before)
        return falsePositiveRate(low) + share * (falsePositiveRate(high) - falsePositiveRate(low))
      }
      low = high
    }
    return 1
  }
}
