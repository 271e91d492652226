/// The least face probability that each of the detector's three networks must give.
public struct DetectionThresholds: Sendable, Hashable {
  /// For the first network, which proposes.
  public var proposal: Float
  /// For the second, which refines.
  public var refinement: Float
  /// For the third, which also finds the landmarks.
  public var output: Float

  public init(proposal: Float, refinement: Float, output: Float) {
    self.proposal = proposal
    self.refinement = refinement
    self.output = output
  }

  /// The thresholds of the detector's authors: 0.6, 0.7, 0.7.
  public static let reference = DetectionThresholds(proposal: 0.6, refinement: 0.7, output: 0.7)
}

/// The overlaps above which a box is suppressed by a better one (the reference's).
enum SuppressionThreshold {
  /// Among the proposals of one level, over the union.
  static let level = 0.5
  /// Among the proposals of all levels, over the union.
  static let proposals = 0.7
  /// Among the refined boxes, over the union.
  static let refined = 0.7
  /// Among the final boxes, over the smaller area.
  static let output = 0.7
}
