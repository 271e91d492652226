/// Where the time of one frame's detection went, and how many boxes each stage had before it.
public struct DetectionTimings: Sendable, Hashable {
  /// Milliseconds spent scaling the picture's pyramid and taking the scene's signature; levels in bands count as
  /// the first network's.
  public var scaling = 0.0
  /// Milliseconds in the first network, decoding and suppressing its proposals included.
  public var proposal = 0.0
  /// Milliseconds in the second network, cropping included.
  public var refinement = 0.0
  /// Milliseconds in the third network, cropping included.
  public var output = 0.0
  /// Boxes scored by the second and by the third network.
  public var refinedBoxes = 0
  public var outputBoxes = 0

  public init() {}

  public var total: Double { scaling + proposal + refinement + output }
}
