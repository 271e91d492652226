/// The figures by which a detector is judged.
enum Figure: String, CaseIterable, Sendable {
  case auroc
  case averagePrecision = "average_precision"
  case equalErrorRate = "equal_error_rate"
  case accuracy
  case balancedAccuracy = "balanced_accuracy"
  case precision
  case recall
  case specificity
  case f1
  case macroPrecision = "macro_precision"
  case macroF1 = "macro_f1"
  case brier
  case expectedCalibrationError = "expected_calibration_error"
  case negativeLogLikelihood = "negative_log_likelihood"

  /// For people.
  var title: String {
    switch self {
    case .auroc: "AUROC"
    case .averagePrecision: "average precision"
    case .equalErrorRate: "equal error rate"
    case .accuracy: "accuracy"
    case .balancedAccuracy: "balanced accuracy"
    case .precision: "precision (fake)"
    case .recall: "recall (fake)"
    case .specificity: "specificity"
    case .f1: "F1 (fake)"
    case .macroPrecision: "precision (macro)"
    case .macroF1: "F1 (macro)"
    case .brier: "Brier score"
    case .expectedCalibrationError: "calibration error"
    case .negativeLogLikelihood: "neg. log-likelihood"
    }
  }

  /// Those that look at the order of scores only, not at decisions.
  static let ranking: [Figure] = [.auroc, .averagePrecision, .equalErrorRate]
}

/// Things judged, sorted once so that figures over many resamples of them are cheap.
struct Sample: Sendable {
  /// Highest score first.
  let observations: [Observation]
  let clusters: Int

  init(_ observations: [Observation]) {
    self.observations = RankCurve.ranked(observations)
    clusters = (observations.map(\.cluster).max() ?? -1) + 1
  }

  var fakes: Int { observations.count(where: \.isFake) }
  var reals: Int { observations.count - fakes }
  /// Those that have a score.
  var scored: Int { observations.count { $0.score != nil } }

  func confusion(weights: [Double]? = nil) -> ConfusionCounts {
    var counts = ConfusionCounts()
    for observation in observations {
      counts.count(
        isFake: observation.isFake, isCalledFake: observation.isCalledFake,
        weight: weights?[observation.cluster] ?? 1)
    }
    return counts
  }

  /// Every figure that is defined; AUROC and its like only with fakes and reals.
  /// - Parameter weights: how often each cluster counts; once when nil.
  func figures(weights: [Double]? = nil) -> [Figure: Double] {
    var figures: [Figure: Double] = [:]
    if let curve = RankCurve(ranked: observations, weights: weights) {
      figures[.auroc] = curve.areaUnderROC
      figures[.averagePrecision] = curve.averagePrecision
      figures[.equalErrorRate] = curve.equalErrorRate
    }
    let confusion = confusion(weights: weights)
    figures[.accuracy] = confusion.accuracy
    figures[.balancedAccuracy] = confusion.balancedAccuracy
    figures[.precision] = confusion.precision
    figures[.recall] = confusion.recall
    figures[.specificity] = confusion.specificity
    figures[.f1] = confusion.f1
    figures[.macroPrecision] = confusion.macroPrecision
    figures[.macroF1] = confusion.macroF1
    let reliability = Reliability(observations, weights: weights)
    figures[.brier] = reliability.brierScore
    figures[.expectedCalibrationError] = reliability.expectedCalibrationError
    figures[.negativeLogLikelihood] = reliability.negativeLogLikelihood
    return figures
  }
}
