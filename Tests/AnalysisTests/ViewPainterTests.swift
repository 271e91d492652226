import Forensics
import Testing

@testable import Analysis
@testable import Media

@Suite("Pictures for people to look at")
struct ViewPainterTests {
  /// A mask whose left half is marked.
  private func halfMask(side: Int, area: Rectangle) -> MarkedPixels {
    let confidences = (0..<side * side).map { $0 % side < side / 2 ? Float(0.9) : 0.1 }
    return MarkedPixels(confidences.span, side: side, above: 0.5, area: area)
  }

  @Test("tint what is marked, in its place, and nothing else")
  func tint() {
    let grey = SIMD3<UInt8>(100, 100, 100)
    var picture = Picture(size: PixelSize(width: 64, height: 36), filledWith: grey)
    // The frame has twice the size of the picture.
    let mask = halfMask(side: 16, area: Rectangle(x: 20, y: 10, width: 40, height: 40))
    ViewPainter.lay(mask, over: &picture, scale: 0.5)
    for y in 0..<36 {
      for x in 0..<64 {
        let isMarked = (10..<20).contains(x) && (5..<25).contains(y)
        #expect((picture[x, y] != grey) == isMarked, "(\(x), \(y))")
        if isMarked { #expect(picture[x, y].x > 150 && picture[x, y].y < 80) }
      }
    }
  }

  @Test("bear masks that reach beyond the picture, or are nowhere")
  func beyond() {
    var picture = Picture(size: PixelSize(width: 20, height: 20))
    for area in [
      Rectangle(x: -30, y: -30, width: 60, height: 60), Rectangle(x: 500, y: 3, width: 10, height: 10),
      Rectangle(x: 0, y: 0, width: 0, height: 0), Rectangle(x: .infinity, y: 0, width: 5, height: 5),
      Rectangle(x: 1e300, y: -1e300, width: 1e300, height: 1e300),
    ] { ViewPainter.lay(halfMask(side: 8, area: area), over: &picture, scale: 1) }
  }

  @Test("keep the frame's shape, and are never larger than it")
  func sizes() {
    #expect(ViewPainter.size(for: PixelSize(width: 1280, height: 720)) == PixelSize(width: 640, height: 360))
    #expect(ViewPainter.size(for: PixelSize(width: 1080, height: 1920)) == PixelSize(width: 360, height: 640))
    #expect(ViewPainter.size(for: PixelSize(width: 320, height: 240)) == PixelSize(width: 320, height: 240))
    #expect(ViewPainter.size(for: PixelSize(width: 10_000, height: 1)) == PixelSize(width: 640, height: 2))
  }
}
