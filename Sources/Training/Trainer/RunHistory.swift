internal import Foundation

/// The figures of a run from its beginning, for its curves.
public struct RunHistory: Sendable, Hashable {
  public var steps: [StepFigures] = []
  public var validations: [ValidationFigures] = []

  public init() {}

  mutating func add(_ line: MetricsLine) {
    if let figures = line.stepFigures { steps.append(figures) }
    if let figures = line.validationFigures { validations.append(figures) }
  }
}

/// One line of `metrics.jsonl` as it is read back.
struct MetricsLine: Decodable {
  let type: String
  let step: Int
  private let images: Int?
  private let epoch: Int?
  private let loss: Float?
  private let bce: Float?
  private let dice: Float?
  private let head: Float?
  private let learningRate: Float?
  private let gradientNorm: Float?
  private let auroc: Float?
  private let balancedAccuracy: Float?
  private let threshold: Float?
  private let seconds: Double?

  /// - Parameter text: the line without its line feed; nil when it is no whole line of ours.
  init?(_ text: Data) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let line = try? decoder.decode(MetricsLine.self, from: text) else { return nil }
    self = line
  }

  var stepFigures: StepFigures? {
    guard type == "step", let images, let epoch, let loss, let bce, let dice, let learningRate, let seconds else {
      return nil
    }
    return StepFigures(
      step: step, images: images, epoch: epoch, loss: loss, crossEntropy: bce, dice: dice, head: head,
      learningRate: learningRate, gradientNorm: gradientNorm, seconds: seconds)
  }

  var validationFigures: ValidationFigures? {
    guard type == "validation", let images, let epoch, let loss, let dice, let auroc, let balancedAccuracy,
      let threshold, let seconds
    else { return nil }
    return ValidationFigures(
      step: step, images: images, epoch: epoch, loss: loss, dice: dice, auroc: auroc,
      balancedAccuracy: balancedAccuracy, threshold: threshold, seconds: seconds)
  }
}
