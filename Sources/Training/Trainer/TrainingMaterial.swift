/// The folders that a run learns from, as they are kept in its checkpoint.
public struct TrainingMaterial: Sendable, Hashable, Codable {
  /// Two folders of clips whose files have the same names: genuine ones and manipulated ones.
  public struct ClipPairs: Sendable, Hashable, Codable {
    public var real: String
    public var fake: String

    public init(real: String, fake: String) { (self.real, self.fake) = (real, fake) }
  }

  /// Folders of photographs.
  public var faces: [String]
  /// Folders of videos.
  public var videos: [String]
  public var pairs: [ClipPairs]

  public init(faces: [String] = [], videos: [String] = [], pairs: [ClipPairs] = []) {
    (self.faces, self.videos, self.pairs) = (faces, videos, pairs)
  }

  public var isEmpty: Bool { faces.isEmpty && videos.isEmpty && pairs.isEmpty }
}
