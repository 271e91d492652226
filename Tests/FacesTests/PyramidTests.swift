import Testing

@testable import Faces

@Suite("Pyramid")
struct PyramidTests {
  @Test("of 512 × 512 and faces from 40 pixels has the levels worked out by hand")
  func byHand() {
    // 12/40 = 0.3; the shorter side has 153.6, 108.9, 77.2, 54.7, 38.8, 27.5, 19.5, 13.8; 9.8 is too small.
    let pyramid = Pyramid(width: 512, height: 512, minimumFace: 40)
    #expect(pyramid.levels.map(\.width) == [154, 109, 78, 55, 39, 28, 20, 14])
    #expect(pyramid.levels[0].scale == 0.3)
    #expect(abs(pyramid.levels[1].scale - 0.2127) < 1e-12)
  }

  @Test("has as many levels for 640 × 480 as the published table")
  func published() {
    #expect(Pyramid(width: 640, height: 480, minimumFace: 20).levels.count == 10)
    #expect(Pyramid(width: 640, height: 480, minimumFace: 40).levels.count == 8)
  }

  @Test("has a single level of 12 when the picture is just as large as the smallest face")
  func smallest() {
    #expect(Pyramid(width: 12, height: 12, minimumFace: 12).levels == [.init(scale: 1, width: 12, height: 12)])
    #expect(Pyramid(width: 40, height: 1000, minimumFace: 40).levels.map(\.width) == [12])
  }

  @Test("has no level when no face can be large enough", arguments: [(11, 500), (500, 11), (1, 1), (39, 39)])
  func none(size: (Int, Int)) {
    #expect(Pyramid(width: size.0, height: size.1, minimumFace: size.0 == 39 ? 40 : 12).levels.isEmpty)
  }

  @Test("never enlarges the picture, and every level has 12 pixels on its shorter side")
  func bounds() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<200 {
      let (width, height) = (Int.random(in: 1...4000, using: &random), Int.random(in: 1...4000, using: &random))
      let pyramid = Pyramid(width: width, height: height, minimumFace: Double.random(in: 1...100, using: &random))
      for level in pyramid.levels {
        #expect(level.scale <= 1)
        #expect(min(level.width, level.height) >= 12)
      }
      for (larger, smaller) in zip(pyramid.levels, pyramid.levels.dropFirst()) {
        #expect(abs(smaller.scale / larger.scale - 0.709) < 1e-12)
      }
    }
  }
}

@Suite("MinimumFace")
struct MinimumFaceTests {
  @Test("is a side in pixels, a share of the height, and never less than the network's window")
  func side() {
    #expect(MinimumFace.pixels(40).side(forHeight: 720) == 40)
    #expect(MinimumFace.shareOfHeight(0.1).side(forHeight: 720) == 72)
    #expect(MinimumFace.shareOfHeight(0.01).side(forHeight: 720) == 12)
    #expect(MinimumFace.pixels(-3).side(forHeight: 720) == 12)
    #expect(MinimumFace.pixels(.nan).side(forHeight: 720) == 12)
  }
}
