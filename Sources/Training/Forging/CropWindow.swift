internal import Faces
internal import Media

/// The square of a photograph that a pair shows, and the size at which the fake is made.
struct CropWindow: Sendable, Hashable {
  /// In pixels of the photograph.
  let area: Rectangle
  /// The side of the canvas in pixels.
  let side: Int
  let isMirrored: Bool

  /// The square as scanning cuts it, 1.3 times the longer side of the face's box, moved and scaled a little; the canvas
  /// has the size that such a face may have in a video.
  init(
    _ box: Rectangle, in photo: PixelSize, size: Int, isMirrored: Bool, using random: inout SeededRandom
  ) {
    let longer = max(box.width, box.height)
    let (scale, x, y) = (1.3 * random.uniform(0.92, 1.14), random.normal(), random.normal())
    let moved = Rectangle(
      x: box.x + 0.035 * longer * x, y: box.y + 0.035 * longer * y, width: box.width, height: box.height)
    area = FaceCrop(around: moved, scale: scale, within: photo).area
    self.isMirrored = isMirrored
    // Not much above what the photograph has: enlarged pixels hold no trace of a seam.
    let most = min(Double(size) * 1.15, area.width * 1.15)
    side = max(96, Int(random.chance(0.5) ? most : random.uniform(0.55 * most, most)))
  }

  /// The face on its canvas.
  func subject(_ picture: Picture, _ points: FacePoints, _ tools: ForgeTools) -> Subject {
    let square = PixelSize(width: side, height: side)
    var cut = tools.sampler.sample(area, of: picture, to: square)
    let scale = Double(side) / area.width
    var moved = points.mapped { ($0 - Vector(area.x, area.y)) * scale }
    if isMirrored {
      cut = cut.mirrored
      moved = moved.mirrored(width: Double(side))
    }
    return Subject(canvas: Canvas(cut), points: moved)
  }
}
