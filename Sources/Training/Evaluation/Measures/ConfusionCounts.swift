/// Decisions against truth; fake is the positive class. Counts are real numbers, because resampling weighs them.
struct ConfusionCounts: Sendable, Hashable {
  var truePositives = 0.0
  var falsePositives = 0.0
  var trueNegatives = 0.0
  var falseNegatives = 0.0

  mutating func count(isFake: Bool, isCalledFake: Bool, weight: Double = 1) {
    switch (isFake, isCalledFake) {
    case (true, true): truePositives += weight
    case (true, false): falseNegatives += weight
    case (false, true): falsePositives += weight
    case (false, false): trueNegatives += weight
    }
  }

  var fakes: Double { truePositives + falseNegatives }
  var reals: Double { trueNegatives + falsePositives }

  /// Nil when there is nothing to divide by, here and below.
  var accuracy: Double? { Self.ratio(truePositives + trueNegatives, fakes + reals) }
  /// Share of the fakes that were called fake.
  var recall: Double? { Self.ratio(truePositives, fakes) }
  /// Share of the reals that were not called fake.
  var specificity: Double? { Self.ratio(trueNegatives, reals) }
  /// Mean of recall and specificity.
  var balancedAccuracy: Double? { Self.mean(recall, specificity) }
  /// Share of what was called fake that is fake.
  var precision: Double? { Self.ratio(truePositives, truePositives + falsePositives) }
  /// Harmonic mean of precision and recall, for the fake class.
  var f1: Double? { Self.ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives) }
  /// Mean of the two classes' values. A class that nothing was assigned to has precision 0.
  var macroPrecision: Double? {
    guard fakes + reals > 0 else { return nil }
    return Self.mean(precision ?? 0, Self.ratio(trueNegatives, trueNegatives + falseNegatives) ?? 0)
  }
  var macroF1: Double? {
    guard fakes + reals > 0 else { return nil }
    return Self.mean(f1 ?? 0, Self.ratio(2 * trueNegatives, 2 * trueNegatives + falsePositives + falseNegatives) ?? 0)
  }

  /// What the precision would be if `share` of all things judged were fake: share·TPR / (share·TPR + (1 − share)·FPR).
  func precision(atShareOfFakes share: Double) -> Double? {
    guard let recall, let specificity else { return nil }
    return Self.ratio(share * recall, share * recall + (1 - share) * (1 - specificity))
  }

  private static func ratio(_ part: Double, _ whole: Double) -> Double? { whole > 0 ? part / whole : nil }

  private static func mean(_ first: Double?, _ second: Double?) -> Double? {
    guard let first, let second else { return nil }
    return (first + second) / 2
  }
}
