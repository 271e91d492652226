internal import Forensics
internal import Media

/// Draws frames small for people to look at, with the marked pixels of each face tinted. One for each analysis thread.
final class ViewPainter {
  /// Pixels of the longer side; smaller frames keep their size.
  static let longestSide = 640
  static let quality = 75

  private static let colour = SIMD3<Float>(255, 32, 32)
  /// How much of the colour lies over what is marked.
  private static let tint: Float = 0.45
  /// Points at which each pixel is asked whether it is marked, along each axis.
  private static let grid = 3

  private let sampler = FrameSampler()

  /// The picture of a frame; nil when it cannot be encoded, for a picture is no reason to lose a ballot.
  func view(of frame: Frame, marks: [MarkedPixels]) -> FrameView? {
    let size = Self.size(for: frame.size)
    guard size.pixels > 0 else { return nil }
    var picture = Picture(frame, size: size, sampler: sampler)
    let scale = Double(size.width) / Double(frame.size.width)
    for mask in marks { Self.lay(mask, over: &picture, scale: scale) }
    return (try? picture.encoded(as: .jpeg(quality: Self.quality))).map { FrameView(jpeg: $0, size: size) }
  }

  static func size(for shown: PixelSize) -> PixelSize {
    let share = min(1, Double(longestSide) / Double(max(shown.width, shown.height, 1)))
    // Encoders like even sizes.
    func even(_ side: Int) -> Int { max(2, Int((Double(side) * share / 2).rounded()) * 2) }
    return PixelSize(width: even(shown.width), height: even(shown.height))
  }

  /// - Parameter scale: pixels of the picture for each of the frame.
  static func lay(_ mask: MarkedPixels, over picture: inout Picture, scale: Double) {
    let area = mask.area
    guard area.width > 0, area.height > 0 else { return }
    let columns = clamped(area.x * scale, (area.x + area.width) * scale, to: picture.width)
    let rows = clamped(area.y * scale, (area.y + area.height) * scale, to: picture.height)
    let perColumn = Double(mask.side) / (area.width * scale)
    let perRow = Double(mask.side) / (area.height * scale)
    for y in rows {
      for x in columns {
        var marked = 0
        for point in 0..<grid * grid {
          let across = Double(x) + (Double(point % grid) + 0.5) / Double(grid) - area.x * scale
          let down = Double(y) + (Double(point / grid) + 0.5) / Double(grid) - area.y * scale
          let (column, row) = (Int((across * perColumn).rounded(.down)), Int((down * perRow).rounded(.down)))
          guard (0..<mask.side).contains(column), (0..<mask.side).contains(row) else { continue }
          marked += mask.isMarked(row * mask.side + column) ? 1 : 0
        }
        guard marked > 0 else { continue }
        let share = tint * Float(marked) / Float(grid * grid)
        let old = picture[x, y]
        let mixed = SIMD3<Float>(Float(old.x), Float(old.y), Float(old.z)) * (1 - share) + colour * share
        picture[x, y] = SIMD3(UInt8(mixed.x + 0.5), UInt8(mixed.y + 0.5), UInt8(mixed.z + 0.5))
      }
    }
  }

  private static func clamped(_ from: Double, _ to: Double, to length: Int) -> Range<Int> {
    guard from.isFinite, to.isFinite else { return 0..<0 }
    let first = Int(min(max(from.rounded(.down), 0), Double(length)))
    return first..<max(first, Int(min(max(to.rounded(.up), 0), Double(length))))
  }
}
