import Media
import Testing

@testable import Training

@Suite("The alignment of a frame and its manipulated copy")
struct FrameAlignmentTests {
  @Test("finds shift and change of colour by the rim alone", arguments: [(0, 0), (3, -2), (-4, 4), (1, 4)])
  func shifted(x: Int, y: Int) {
    let (side, reach) = (80, 4)
    let wide = ForgeFixture.canvas(140, 140, seed: 2).blurred(sigma: 2)
    let real = wide.picture.cropped(x: 30, y: 30, to: PixelSize(width: side, height: side))
    // Manipulated in the middle, and elsewhere 8 levels lighter.
    var altered = wide.map { $0 + SIMD4(8, 8, 0, 0) }
    for j in 45..<95 { for i in 45..<95 { altered[i, j] = SIMD4(255, 0, 255, 0) } }
    let fake = altered.picture.cropped(
      x: 30 - reach - x, y: 30 - reach - y, to: PixelSize(width: side + 2 * reach, height: side + 2 * reach))
    let found = FrameAlignment(real: real, fake: fake, reach: reach)
    #expect(found.shift == SIMD2(x, y))
    #expect(abs(found.offset.x - 8) <= 1 && abs(found.offset.y - 8) <= 1 && abs(found.offset.z) <= 1)
    #expect(found.remaining < 2)
  }

  @Test("leaves much between frames of different scenes")
  func different() {
    let (one, other) = (ForgeFixture.canvas(60, 60, seed: 3).picture, ForgeFixture.canvas(68, 68, seed: 4).picture)
    #expect(FrameAlignment(real: one, fake: other, reach: 4).remaining > FrameAlignment.limit)
  }
}
