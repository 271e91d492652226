internal import Faces
internal import Foundation
internal import Media

/// The square of a photograph that a pair shows, and the size at which the fake is made.
struct CropWindow: Sendable, Hashable {
  /// In pixels of the photograph.
  let area: Rectangle
  let photo: PixelSize
  /// The side of the canvas in pixels.
  let side: Int
  let isMirrored: Bool

  /// The square as scanning cuts it, 1.3 times the longer side of the face's box, moved and scaled a little; the canvas
  /// has the size that such a face may have in a video.
  init(
    _ box: Rectangle, in photo: PixelSize, size: Int, isMirrored: Bool, using random: inout SeededRandom
  ) {
    let longer = max(box.width, box.height)
    let square = FaceCrop(around: box, scale: 1.3 * random.uniform(0.92, 1.14)).area
    let (x, y) = (
      square.x + 0.035 * longer * random.normal(), square.y + 0.035 * longer * random.normal()
    )
    // Tight photographs are shown tighter than scanning does; only now and then beyond their edge, which in a video is
    // rare as well.
    if random.chance(0.94) {
      let side = min(square.width, Double(min(photo.width, photo.height)))
      let inset = (square.width - side) / 2
      area = Rectangle(
        x: min(max(x + inset, 0), Double(photo.width) - side), y: min(max(y + inset, 0), Double(photo.height) - side),
        width: side, height: side)
    } else {
      area = Rectangle(x: x, y: y, width: square.width, height: square.height)
    }
    self.photo = photo
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

  /// The columns and rows of a square of this side that lie inside the photograph.
  private func inside(_ size: Int) -> (columns: Range<Int>, rows: Range<Int>) {
    let scale = Double(size) / area.width
    func covered(_ from: Double, _ length: Int) -> Range<Int> {
      let first = min(max(Int((-from * scale).rounded(.up)), 0), size)
      let end = min(max(Int(((Double(length) - from) * scale).rounded(.down)), first), size)
      return first..<end
    }
    let columns = covered(area.x, photo.width)
    return (
      isMirrored ? size - columns.upperBound..<size - columns.lowerBound : columns, covered(area.y, photo.height)
    )
  }

  /// Middle grey beyond the photograph's edge, as scanning fills what lies outside a frame.
  func greyed(_ picture: Picture) -> Picture {
    let (columns, rows) = inside(picture.width)
    guard columns.count < picture.width || rows.count < picture.height else { return picture }
    var filled = picture
    filled.withMutableBytes { bytes in
      for y in 0..<picture.height {
        for x in 0..<picture.width where !columns.contains(x) || !rows.contains(y) {
          for channel in 0..<3 { bytes[3 * (y * picture.width + x) + channel] = 128 }
        }
      }
    }
    return filled
  }

  /// The mask without what lies beyond the photograph's edge.
  func emptied(_ mask: [UInt8], _ size: Int) -> [UInt8] {
    let (columns, rows) = inside(size)
    guard columns.count < size || rows.count < size else { return mask }
    return mask.indices.map { columns.contains($0 % size) && rows.contains($0 / size) ? mask[$0] : 0 }
  }
}
