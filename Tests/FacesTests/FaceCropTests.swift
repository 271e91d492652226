import Media
import Testing

@testable import Faces

@Suite("FaceCrop")
struct FaceCropTests {
  let crop = FaceCrop(around: Rectangle(x: 100, y: 200, width: 60, height: 80), scale: 1.5)
  let mask = PixelSize(width: 256, height: 256)

  @Test("is a square of the longer side times the scale around the box's centre")
  func area() {
    #expect(crop.area == Rectangle(x: 70, y: 180, width: 120, height: 120))
  }

  @Test("is moved into the picture, and shrunk to its shorter side where it is larger")
  func within() {
    func area(_ x: Double, _ y: Double, _ picture: PixelSize) -> Rectangle {
      FaceCrop(around: Rectangle(x: x, y: y, width: 60, height: 80), scale: 1.5, within: picture).area
    }
    let wide = PixelSize(width: 400, height: 300)
    // Inside, at each corner, beyond the edge, and in a picture lower than the square.
    #expect(area(100, 200, wide) == Rectangle(x: 70, y: 180, width: 120, height: 120))
    #expect(area(0, 0, wide) == Rectangle(x: 0, y: 0, width: 120, height: 120))
    #expect(area(340, 220, wide) == Rectangle(x: 280, y: 180, width: 120, height: 120))
    #expect(area(-30, 260, wide) == Rectangle(x: 0, y: 180, width: 120, height: 120))
    #expect(area(170, 10, PixelSize(width: 400, height: 100)) == Rectangle(x: 150, y: 0, width: 100, height: 100))
  }

  @Test("maps the mask's corners to the square's and back")
  func corners() {
    #expect(crop.picturePoint(ofMaskX: 0, y: 0, in: mask) == Point(x: 70, y: 180))
    #expect(crop.picturePoint(ofMaskX: 256, y: 256, in: mask) == Point(x: 190, y: 300))
    #expect(crop.maskPoint(of: Point(x: 130, y: 240), in: mask) == Point(x: 128, y: 128))
  }

  @Test("maps every mask pixel's middle to a point that the same pixel covers", arguments: [1, 7, 64, 255, 256])
  func roundTrip(side: Int) {
    let size = PixelSize(width: side, height: side + 3)
    for row in 0..<size.height {
      for column in 0..<size.width {
        let point = crop.picturePoint(ofMaskX: Double(column) + 0.5, y: Double(row) + 0.5, in: size)
        let pixel = crop.maskPixel(at: point, in: size)
        #expect(pixel?.column == column && pixel?.row == row)
      }
    }
  }

  @Test("covers nothing outside its square")
  func outside() {
    #expect(crop.maskPixel(at: Point(x: 69.9, y: 200), in: mask) == nil)
    #expect(crop.maskPixel(at: Point(x: 190, y: 200), in: mask) == nil)
    #expect(crop.maskPixel(at: Point(x: 70, y: 180), in: mask)?.column == 0)
  }

  @Test("maps a part of the mask to the part of the picture")
  func part() {
    let part = crop.pictureArea(ofMask: Rectangle(x: 64, y: 128, width: 128, height: 32), in: mask)
    #expect(part == Rectangle(x: 100, y: 240, width: 60, height: 15))
  }
}
