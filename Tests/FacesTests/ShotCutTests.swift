import Testing

@testable import Faces

@Suite("ShotCutRule")
struct ShotCutTests {
  private func cuts(_ scenes: [SceneSignature]) -> [Bool] {
    var rule = ShotCutRule()
    return scenes.map { rule.isCut(to: $0) }
  }

  @Test("finds the cut between two scenes and none within them", arguments: 0..<20)
  func cut(seed: UInt64) {
    let (first, second) = (PaintedScene(seed: 2 * seed), PaintedScene(seed: 2 * seed + 1))
    #expect(
      cuts([first.signature(), first.signature(), second.signature(), second.signature()])
        == [false, false, true, false])
  }

  @Test("takes a camera that pans by up to two fifths of the picture for the same shot", arguments: 0..<20)
  func pan(seed: UInt64) {
    let scene = PaintedScene(seed: seed)
    #expect(cuts((0..<6).map { scene.signature(x: 0.2 * Double($0)) }) == Array(repeating: false, count: 6))
    #expect(cuts((0..<4).map { scene.signature(x: -0.4 * Double($0)) }) == Array(repeating: false, count: 4))
    #expect(cuts((0..<4).map { scene.signature(y: 0.3 * Double($0)) }) == Array(repeating: false, count: 4))
  }

  @Test("takes brighter and darker light for the same shot", arguments: 0..<20)
  func light(seed: UInt64) {
    let scene = PaintedScene(seed: seed)
    let states = [0, 30, -30, 20].map { (offset: Float) in scene.signature { $0 * 0.9 + offset } }
    #expect(cuts(states) == Array(repeating: false, count: 4))
  }

  @Test("passes over a flash, and still finds the cut that comes behind one", arguments: 0..<10)
  func flash(seed: UInt64) {
    let (first, second) = (PaintedScene(seed: 2 * seed), PaintedScene(seed: 2 * seed + 1))
    let blownOut = first.signature { $0 * 3 + 200 }
    #expect(cuts([first.signature(), blownOut, first.signature()]) == [false, false, false])
    #expect(cuts([first.signature(), blownOut, second.signature()]) == [false, false, true])
  }

  @Test("waits through a fade to black for what comes after it", arguments: 0..<10)
  func fade(seed: UInt64) {
    let (first, second) = (PaintedScene(seed: 2 * seed), PaintedScene(seed: 2 * seed + 1))
    #expect(
      cuts([first.signature(), .tone(0), .tone(0), first.signature()]) == [false, false, false, false])
    #expect(cuts([first.signature(), .tone(0), second.signature()]) == [false, false, true])
    #expect(cuts([.tone(255), first.signature()]) == [false, false])
  }

  @Test("decides by composition where there is no colour", arguments: 0..<20)
  func grey(seed: UInt64) {
    let first = PaintedScene(seed: 2 * seed, isGrey: true)
    let second = PaintedScene(seed: 2 * seed + 1, isGrey: true)
    #expect(first.signature().isColorless)
    #expect(
      cuts([first.signature(), first.signature(x: 0.2), second.signature()]) == [false, false, true])
  }

  @Test("measures likeness the same both ways, and fully with itself")
  func symmetry() {
    let (first, second) = (PaintedScene(seed: 1).signature(), PaintedScene(seed: 2).signature())
    #expect(abs(first.bestCorrelation(with: second) - second.bestCorrelation(with: first)) < 1e-5)
    #expect(first.paletteInCommon(with: second) == second.paletteInCommon(with: first))
    #expect(abs(first.correlation(with: first, shiftedBy: 0, 0) - 1) < 1e-5)
    #expect(first.paletteInCommon(with: first) > 0.99)
  }

  @Test("reads pictures of any size", arguments: [(1, 1), (3, 500), (500, 3), (97, 65)])
  func sizes(size: (Int, Int)) {
    let scene = SceneSignature(width: size.0, height: size.1) { column, row in
      #expect(column >= 0 && column < size.0 && row >= 0 && row < size.1)
      return SIMD3(Float(column % 2) * 200, 90, 40)
    }
    #expect(!cuts([scene, scene])[1])
  }
}
