/// The seed article's rule for one face: it is manipulated when the pixels whose confidence exceeds a threshold form
/// a connected component of more than `minimumComponent` points.
///
/// Neighbourhood is 8-connected; the article leaves it open (MODELS.md §1). The component is counted in mask pixels,
/// after the crop has been resized to the model's input.
public struct FrameRule: Sendable, Hashable {
  /// Confidence that a pixel must exceed, 0...1. Each model carries its own. Where a model is calibrated, this is the
  /// probability that the confidence stands for, as the score is.
  public var threshold: Float
  /// A component fires when it has more points than this.
  public var minimumComponent: Int

  public init(threshold: Float, minimumComponent: Int = 100) {
    self.threshold = threshold
    self.minimumComponent = minimumComponent
  }

  /// Whether a mask with this score is manipulated. Agrees with drawing the components at `threshold`, because the
  /// score is the highest threshold at which they would still fire.
  public func fires(at score: Float) -> Bool { score > threshold }
}

/// What the frame rule found in one mask.
public struct MaskFinding: Sendable, Hashable {
  /// The lowest threshold at which the rule would *not* fire any more: the rule fires at `t` exactly when `score > t`.
  /// 0 when no component of that size exists at any threshold.
  public let score: Float
  /// Share of the mask's pixels, 0...1, that lie in firing components at the rule's own threshold.
  public let area: Float

  public init(score: Float, area: Float) {
    self.score = score
    self.area = area
  }
}
