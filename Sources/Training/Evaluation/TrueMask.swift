internal import Forensics
internal import Media

/// The true mask of a fake: a picture, or a video whose frames are matched by their time. White is manipulated.
final class TrueMask {
  private let reader: VideoReader
  private let sampler = FrameSampler()
  private var current: Frame?
  private var upcoming: Frame?

  init(_ path: String) throws(MediaError) {
    reader = try VideoReader(Location(path))
    current = try reader.next()
    upcoming = try reader.next()
  }

  /// Compares marked pixels with the truth at the same place and time. Times do not go back.
  /// - Parameter picture: size of the displayed picture that the marks' area is given in.
  func overlap(with marks: MarkedPixels, at time: Double, picture: PixelSize) throws(MediaError) -> MaskOverlap {
    // Rounded times of two containers differ by less than a millisecond or two.
    while let next = upcoming, next.time <= time + 0.002 {
      current = next
      upcoming = try reader.next()
    }
    guard let frame = current else { return MaskOverlap(common: 0, marked: marks.count, manipulated: 0) }
    let scaleX = Double(frame.size.width) / Double(picture.width)
    let scaleY = Double(frame.size.height) / Double(picture.height)
    let area = Rectangle(
      x: marks.area.x * scaleX, y: marks.area.y * scaleY, width: marks.area.width * scaleX,
      height: marks.area.height * scaleY)
    let pixels = marks.side * marks.side
    var planes = [Float](repeating: 0, count: 3 * pixels)
    var span = planes.mutableSpan
    sampler.sample(
      area, of: frame, to: PixelSize(width: marks.side, height: marks.side), mean: 0, scale: 1, outside: 0,
      into: &span)
    var overlap = MaskOverlap(common: 0, marked: marks.count, manipulated: 0)
    for pixel in 0..<pixels where planes[pixel] > 127.5 {
      overlap.manipulated += 1
      if marks.isMarked(pixel) { overlap.common += 1 }
    }
    return overlap
  }
}
