/// What one step of training came to.
public struct StepFigures: Sendable, Hashable {
  /// Counted from 1: how many steps lie behind.
  public var step: Int
  /// Pictures seen so far.
  public var images: Int
  /// Epoch of the step, from 1.
  public var epoch: Int
  /// The whole loss of the step's batch, before the step changed the weights.
  public var loss: Float
  /// Mean binary cross-entropy of the mask's pixels, in nats.
  public var crossEntropy: Float
  /// Soft Dice of the batch, 0...1.
  public var dice: Float
  /// Cross-entropy of the real/fake head in nats, for graphs that have one.
  public var head: Float?
  public var learningRate: Float
  /// Euclidean norm of the gradient over all weights, before it was clipped.
  public var gradientNorm: Float?
  /// Seconds of training so far, interruptions not counted.
  public var seconds: Double
}

/// What a validation on held-out people found.
public struct ValidationFigures: Sendable, Hashable {
  public var step: Int
  public var images: Int
  public var epoch: Int
  /// The same loss as in training, mean over batches.
  public var loss: Float
  /// Mean over fakes of the Dice overlap between the mask above 0.5 and the truth, 0...1.
  public var dice: Float
  /// Area under the ROC curve of the frame rule's score, fakes against the real faces they were made from; 0.5 is a coin.
  public var auroc: Float
  /// Share of frames that the best threshold gets right, real and fake weighted alike; and that threshold.
  public var balancedAccuracy: Float
  public var threshold: Float
  /// Seconds of training so far, interruptions not counted.
  public var seconds: Double
}
