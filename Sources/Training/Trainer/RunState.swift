internal import Foundation

/// What a checkpoint keeps of a run beside weights and the optimiser's moments.
public struct RunState: Sendable, Hashable, Codable {
  public var recipe: TrainingRecipe
  public var material: TrainingMaterial
  public var identity: ModelIdentity
  /// Steps that lie behind.
  public var step = 0
  /// Seconds of training, interruptions not counted.
  public var seconds = 0.0
  /// Of the faces the run began with.
  public var fingerprint: String

  public init(recipe: TrainingRecipe, material: TrainingMaterial, identity: ModelIdentity, fingerprint: String) {
    (self.recipe, self.material, self.identity, self.fingerprint) = (recipe, material, identity, fingerprint)
  }

  /// Share of the run that lies behind, 0...1.
  public var progress: Double {
    switch recipe.length {
    case .steps(let steps): min(1, Double(step) / Double(steps))
    case .minutes(let minutes): min(1, seconds / (60 * minutes))
    }
  }

  func encoded() -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let text = try? encoder.encode(self) else { preconditionFailure("a run's state holds finite numbers only") }
    return String(decoding: text, as: UTF8.self)
  }

  init?(text: String) {
    guard let state = try? JSONDecoder().decode(RunState.self, from: Data(text.utf8)) else { return nil }
    self = state
  }
}

/// What the finished model says of itself that nobody can measure.
public struct ModelIdentity: Sendable, Hashable, Codable {
  public var name: String
  public var version: String
  /// Under which terms the weights may be used; the rights in the training pictures bear on them.
  public var licence: String
  /// Whether the weights are stored in half precision.
  public var isHalfPrecision: Bool

  public init(name: String, version: String, licence: String, isHalfPrecision: Bool) {
    (self.name, self.version, self.licence, self.isHalfPrecision) = (name, version, licence, isHalfPrecision)
  }
}

extension TrainingRecipe {
  /// The recipe in a line, for the model's card.
  var words: String {
    let begin =
      switch start {
      case .architecture(let name): "\(name) from random weights"
      case .model(let path): "from the weights of \((path as NSString).lastPathComponent)"
      }
    let optional = [
      weightDecay > 0 ? "weight decay \(weightDecay)" : nil, clip > 0 ? "gradients clipped at \(clip)" : nil,
      averaging > 0 ? "averaged weights (\(averaging))" : nil,
      headOnly > 0 ? "the head alone for \(headOnly) steps" : nil,
      curriculum > 0 ? "from blatant fakes to subtle ones over \(curriculum) steps" : nil,
    ]
    return
      ([
        begin, "loss BCE - ln(DICE), DICE = (2 sum(pt) + 1) / (sum(p) + sum(t) + 1) over a batch",
        "\(method.rawValue), learning rate \(learningRate), \(decay.rawValue), warm-up \(warmUp) steps",
        "batch \(batch), half real and half fakes of the same photographs", "seed \(seed)",
      ] + optional.compactMap(\.self)).joined(separator: "; ")
  }
}
