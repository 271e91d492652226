public import Media

/// A face found in one frame.
public struct Face: Sendable, Hashable {
  /// In pixels of the displayed picture; may reach outside it.
  public var box: Rectangle
  /// The third network's probability that this is a face.
  public var score: Float
  public var landmarks: Landmarks

  public init(box: Rectangle, score: Float, landmarks: Landmarks) {
    self.box = box
    self.score = score
    self.landmarks = landmarks
  }
}

/// What the detector found in one frame.
public struct Detection: Sendable {
  /// The faces that count, the largest first.
  public var faces: [Face]
  /// How many faces the noise filter left out, being too small beside the largest.
  public var ignored: Int
  /// The look of the whole frame, by which a shot cut is noticed.
  public var scene: SceneSignature

  public init(faces: [Face], ignored: Int, scene: SceneSignature) {
    self.faces = faces
    self.ignored = ignored
    self.scene = scene
  }
}
