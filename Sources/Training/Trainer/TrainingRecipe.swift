internal import Foundation

/// Everything that decides the numbers of a training run, beside the faces themselves. With one thread, the same recipe
/// on the same faces gives the same weights, bit for bit, however often the run was interrupted.
public struct TrainingRecipe: Sendable, Hashable, Codable {
  /// What the weights begin as.
  public enum Start: Sendable, Hashable, Codable {
    /// Random weights of an architecture known by name.
    case architecture(String)
    /// The weights and graph of an ONNX file.
    case model(path: String)
  }

  /// When the run ends.
  public enum Length: Sendable, Hashable, Codable {
    case steps(Int)
    /// Minutes of training, validation included, interruptions not. The learning rate then follows the clock, so that
    /// two such runs are alike, but not equal.
    case minutes(Double)
  }

  /// How the learning rate falls after the warm-up.
  public enum Decay: String, Sendable, Hashable, Codable, CaseIterable {
    case constant
    /// Half a cosine from the full rate to a hundredth of it.
    case cosine
    /// A tenth after half of the run, a hundredth after three quarters.
    case steps
  }

  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Kingma, Ba 2015 (arXiv:1412.6980).
    case adam
    /// Adam with weight decay apart from the gradient: Loshchilov, Hutter 2019 (arXiv:1711.05101).
    case adamw
    /// Stochastic gradient descent with momentum 0.9.
    case sgd
  }

  public var start: Start
  /// Side of the square input in pixels.
  public var size = 256
  /// Pictures a step: half of them real, half fakes made from the same photographs.
  public var batch = 8
  public var length = Length.steps(20_000)
  public var method = Method.adam
  /// The highest rate, reached after the warm-up.
  public var learningRate: Float = 1e-3
  public var decay = Decay.cosine
  /// Steps in which the learning rate grows from 0 to its full height.
  public var warmUp = 100
  public var weightDecay: Float = 0
  /// The longest gradient, as a Euclidean norm over all weights; 0 leaves it as it is.
  public var clip: Float = 0
  /// Share that the averaged weights keep at each step (exponential moving average); 0 for no average. With an average,
  /// it is what is validated and shipped.
  public var averaging: Float = 0
  /// Steps in which fakes go from blatant to as subtle as they get; 0 for subtle ones from the first step.
  public var curriculum = 0
  /// Weight of the real/fake head's losses, for graphs that have such a head: the cross-entropy of its logit, and the
  /// logistic loss of the order of a real picture and its fake.
  public var headWeight: Float = 1
  /// Steps at the beginning in which only the head learns, at a fraction of the cost; for graphs that have one.
  public var headOnly = 0
  public var seed: UInt64 = 1
  /// Steps between validations; nil for one pass over the faces, 50 to 1,000 steps.
  public var epoch: Int?
  /// Held-out pairs that each validation looks at.
  public var validationPairs = 64

  public init(start: Start) { self.start = start }

  /// Pairs of a real face and its fake in a step.
  public var pairsPerStep: Int { batch / 2 }

  /// Steps between validations, given how many faces there are.
  public func epochSteps(faces: Int) -> Int { epoch ?? min(max(faces / pairsPerStep, 50), 1000) }

  /// How subtle the fakes of a step are, 0...1.
  public func difficulty(ofStep step: Int) -> Double {
    curriculum > 0 ? min(1, Double(step) / Double(curriculum)) : 1
  }

  /// The learning rate of a step.
  /// - Parameter progress: share of the run that lies behind, 0...1.
  public func learningRate(ofStep step: Int, progress: Double) -> Float {
    let fallen: Double =
      switch decay {
      case .constant: 1
      case .cosine: 0.01 + 0.99 * 0.5 * (1 + cos(.pi * progress))
      case .steps: progress < 0.5 ? 1 : progress < 0.75 ? 0.1 : 0.01
      }
    let warm = warmUp > 0 ? min(1, Double(step + 1) / Double(warmUp)) : 1
    return Float(Double(learningRate) * fallen * warm)
  }

  /// - Throws: `TrainingError` naming the first value that lies outside its range.
  public func check() throws(TrainingError) {
    func require(_ isMet: Bool, _ sentence: @autoclosure () -> String) throws(TrainingError) {
      if !isMet { throw TrainingError(sentence()) }
    }
    try require((32...1024).contains(size) && size % 32 == 0, "size \(size) should be a multiple of 32 up to 1024")
    try require((2...512).contains(batch) && batch % 2 == 0, "batch \(batch) should be even, 2 to 512")
    switch length {
    case .steps(let steps): try require(steps > 0, "\(steps) steps train nothing; name at least 1")
    case .minutes(let minutes):
      try require(minutes > 0 && minutes < 1e6, "\(minutes) minutes should lie above 0 and below a million")
    }
    try require(learningRate > 0 && learningRate <= 10, "learning rate \(learningRate) should lie above 0 and up to 10")
    try require(
      warmUp >= 0 && curriculum >= 0 && headOnly >= 0, "warm-up, curriculum and head-only are counted in steps, from 0")
    try require((0...1).contains(weightDecay), "weight decay \(weightDecay) should lie between 0 and 1")
    try require(clip >= 0, "clip \(clip) should be 0 or a length")
    try require((0..<1).contains(averaging), "averaging \(averaging) should lie between 0 and 1, such as 0.999")
    try require((0...100).contains(headWeight), "head weight \(headWeight) should lie between 0 and 100")
    try require(epoch.map { $0 > 0 } ?? true, "an epoch has at least one step")
    try require((2...4096).contains(validationPairs), "validation pairs \(validationPairs) should lie in 2...4096")
  }
}
