public import Media

/// What a person is shown of one judged face: the square of the picture that the model saw, and what it marked there.
public struct Exhibit: Sendable, Hashable {
  /// The sides, in pixels, that small and large squares are scaled to; others keep the picture's own resolution.
  static let sides = 256...512

  /// The square as it was.
  public let face: Picture
  /// The pixels above the frame rule's threshold.
  public let marks: MarkedPixels

  /// - Parameter sampler: keeps its buffers from picture to picture.
  init(_ marks: MarkedPixels, of frame: Frame, sampler: FrameSampler) {
    self.marks = marks
    let side = min(max(Int(marks.area.width.rounded()), Self.sides.lowerBound), Self.sides.upperBound)
    face = Picture(frame, area: marks.area, size: PixelSize(width: side, height: side), sampler: sampler)
  }

  /// - Precondition: the face is a square picture.
  public init(face: Picture, marks: MarkedPixels) {
    precondition(face.width == face.height && face.width > 0, "the square around a face is square")
    self.face = face
    self.marks = marks
  }
}

extension Exhibit {
  private static let colour = SIMD3<Float>(255, 32, 32)
  /// How much of the colour lies over what is marked, and over the edge of it.
  private static let tint: Float = 0.3
  private static let edge: Float = 0.9
  /// Pixels between the two halves of `sideBySide`.
  private static let gap = 4

  /// The face with its mask laid over it: tinted where it is marked, with a line around.
  public var overlaid: Picture {
    var picture = face
    for y in 0..<face.height {
      for x in 0..<face.width where isMarked(x, y) {
        let isEdge = !(isMarked(x - 1, y) && isMarked(x + 1, y) && isMarked(x, y - 1) && isMarked(x, y + 1))
        picture[x, y] = Self.blend(picture[x, y], isEdge ? Self.edge : Self.tint)
      }
    }
    return picture
  }

  /// The face as it was, and beside it the face with its mask laid over it.
  public var sideBySide: Picture {
    var pair = Picture(
      size: PixelSize(width: 2 * face.width + Self.gap, height: face.height), filledWith: SIMD3(255, 255, 255))
    pair.paste(face, x: 0, y: 0)
    pair.paste(overlaid, x: face.width + Self.gap, y: 0)
    return pair
  }

  /// Whether the mask marks what a pixel of the face shows; beyond the square nothing is marked.
  private func isMarked(_ x: Int, _ y: Int) -> Bool {
    guard x >= 0, y >= 0, x < face.width, y < face.height else { return false }
    let column = (2 * x + 1) * marks.side / (2 * face.width)
    let row = (2 * y + 1) * marks.side / (2 * face.height)
    return marks.isMarked(row * marks.side + column)
  }

  private static func blend(_ pixel: SIMD3<UInt8>, _ share: Float) -> SIMD3<UInt8> {
    let mixed = SIMD3<Float>(Float(pixel.x), Float(pixel.y), Float(pixel.z)) * (1 - share) + colour * share
    return SIMD3(UInt8(mixed.x + 0.5), UInt8(mixed.y + 0.5), UInt8(mixed.z + 0.5))
  }
}
