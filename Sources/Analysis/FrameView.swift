public import Media

/// What people are shown of one frame: a small picture with the masks laid over it, and who is where in it.
public struct FrameView: Sendable, Hashable {
  /// One judged face.
  public struct Person: Sendable, Hashable {
    /// The track's number within the stream.
    public let track: Int
    /// The face's box in shares of the picture's width and height, 0...1.
    public let box: Rectangle
    /// What this frame alone says: the score of its mask, and whether the frame rule fires.
    public let score: Float
    public let isMarked: Bool

    public init(track: Int, box: Rectangle, score: Float, isMarked: Bool) {
      self.track = track
      self.box = box
      self.score = score
      self.isMarked = isMarked
    }
  }

  /// The picture as the bytes of a JPEG file, and its size in pixels.
  public let jpeg: [UInt8]
  public let size: PixelSize
  public internal(set) var people: [Person]

  public init(jpeg: [UInt8], size: PixelSize, people: [Person] = []) {
    self.jpeg = jpeg
    self.size = size
    self.people = people
  }
}
