import Media
import Testing

@testable import Faces

@Suite("BoundingBox")
struct BoundingBoxTests {
  let box = BoundingBox(left: 1, top: 1, right: 10, bottom: 10)

  @Test("covers the pixels of both its edges")
  func area() {
    #expect(box.area == 100)
    #expect(BoundingBox(left: 3, top: 4, right: 3, bottom: 4).area == 1)
    #expect(box.rectangle == Rectangle(x: 0, y: 0, width: 10, height: 10))
  }

  @Test("overlaps a box shifted by half as worked out by hand")
  func overlapByHand() {
    // 5 × 5 pixels are shared; the union has 100 + 100 − 25 = 175, the smaller 100.
    let other = BoundingBox(left: 6, top: 6, right: 15, bottom: 15)
    #expect(box.intersection(with: other) == 25)
    #expect(abs(box.overlap(with: other, over: .union) - 25.0 / 175) < 1e-12)
    #expect(box.overlap(with: other, over: .smaller) == 0.25)
  }

  @Test("shares one row with a box that begins on its last row, and nothing with one below that")
  func touching() {
    let last = BoundingBox(left: 1, top: 10, right: 10, bottom: 19)
    let below = BoundingBox(left: 1, top: 11, right: 10, bottom: 20)
    #expect(box.intersection(with: last) == 10)
    #expect(box.intersection(with: below) == 0)
  }

  @Test("overlaps itself fully, another symmetrically, and a box inside it fully over the smaller")
  func overlapProperties() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      let a = BoundingBox.random(using: &random)
      let b = BoundingBox.random(using: &random)
      #expect(a.overlap(with: a, over: .union) == 1)
      #expect(a.overlap(with: b, over: .union) == b.overlap(with: a, over: .union))
      let union = a.overlap(with: b, over: .union)
      let smaller = a.overlap(with: b, over: .smaller)
      #expect(union >= 0 && union <= smaller && smaller <= 1)
      let inside = BoundingBox(left: a.left + 1, top: a.top + 1, right: a.right - 1, bottom: a.bottom - 1)
      #expect(a.overlap(with: inside, over: .smaller) == 1)
    }
  }

  @Test("moves its edges by shares of the distance in the first stage and of the pixels in the later ones")
  func regression() {
    let box = BoundingBox(left: 11, top: 21, right: 20, bottom: 40)
    let offsets: EdgeOffsets = [0.5, -0.25, 0, 1]
    #expect(
      box.regressedByDistance(offsets) == BoundingBox(left: 15.5, top: 16.25, right: 20, bottom: 59))
    #expect(
      box.regressedByPixels(offsets) == BoundingBox(left: 16, top: 16, right: 20, bottom: 60))
  }

  @Test("becomes a square of its longer side around the same centre")
  func squaring() {
    let square = BoundingBox(left: 10, top: 20, right: 20, bottom: 50).squared()
    #expect(square == BoundingBox(left: 0, top: 20, right: 30, bottom: 50))
    #expect(square.squared() == square)
  }

  @Test("is cut to whole pixels towards zero on either side of it")
  func truncation() {
    let box = BoundingBox(left: -1.7, top: -0.2, right: 3.9, bottom: 4)
    #expect(box.truncated() == BoundingBox(left: -1, top: 0, right: 3, bottom: 4))
  }

  @Test("is unusable when a side is negative or not a number")
  func usability() {
    #expect(box.isUsable)
    #expect(!BoundingBox(left: 2, top: 1, right: 1, bottom: 3).isUsable)
    #expect(!BoundingBox(left: .nan, top: 1, right: 1, bottom: 3).isUsable)
    #expect(!BoundingBox(left: 0, top: 1, right: .infinity, bottom: 3).isUsable)
  }
}
