internal import Foundation

/// Turns a frame score into the probability that the frame is manipulated, by the logistic map
/// p = σ(logit(score) / temperature + bias): temperature scaling (Guo et al., arXiv:1706.04599) with Platt's bias.
///
/// The map rises strictly, so it changes no ranking and no decision, as long as the threshold is mapped with the score.
/// The ends stay: 0 becomes 0 and 1 becomes 1.
public struct ScoreCalibration: Sendable, Hashable {
  /// Above 1 the scores were too sure of themselves, below 1 too timid. Positive.
  public var temperature: Double
  /// Added to the logit; moves all probabilities up or down.
  public var bias: Double

  public init(temperature: Double, bias: Double = 0) {
    precondition(temperature > 0, "a temperature is positive")
    self.temperature = temperature
    self.bias = bias
  }

  /// Leaves every score as it is.
  public static let none = ScoreCalibration(temperature: 1)

  /// The probability that a score stands for.
  public func probability(of score: Float) -> Float {
    self == .none ? score : Self.logistic(Self.logit(score) / temperature + bias)
  }

  /// The score that stands for a probability: the inverse of `probability(of:)`.
  public func score(of probability: Float) -> Float {
    self == .none ? probability : Self.logistic((Self.logit(probability) - bias) * temperature)
  }

  /// What the rule found by raw scores, told as probabilities. Rounding may bring a score and the threshold together;
  /// the finding then keeps the side on which the rule saw it.
  /// - Parameters:
  ///   - raw: the rule in the network's own confidences.
  ///   - threshold: the rule's threshold as a probability.
  public func calibrated(_ finding: MaskFinding, by raw: FrameRule, threshold: Float) -> MaskFinding {
    guard self != .none else { return finding }
    let probability = probability(of: finding.score)
    let score = raw.fires(at: finding.score) ? max(probability, threshold.nextUp) : min(probability, threshold)
    return MaskFinding(score: score, area: finding.area)
  }

  private static func logit(_ probability: Float) -> Double {
    let p = min(max(Double(probability), 0), 1)
    return log(p) - log1p(-p)
  }

  private static func logistic(_ logit: Double) -> Float { Float(1 / (1 + exp(-logit))) }
}
