import Testing

@testable import Training

@Suite("The degradation of a pair")
struct DegradationTests {
  @Test("does the same to the same picture, whatever was drawn")
  func repeatable() throws {
    let (canvas, tools) = (ForgeFixture.canvas(96, 96, seed: 1).blurred(sigma: 2), ForgeTools())
    var kinds = (video: 0, photo: 0, noise: 0, scale: 0)
    for seed in 0..<60 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      let drawn = Degradation(strength: 1, withVideo: true, using: &random)
      #expect(try drawn.apply(to: canvas, tools) == drawn.apply(to: canvas, ForgeTools()))
      if drawn.rateFactor != nil { kinds.video += 1 }
      if drawn.quality != nil { kinds.photo += 1 }
      if drawn.noise != nil { kinds.noise += 1 }
      if drawn.scale != nil { kinds.scale += 1 }
      #expect(drawn.rateFactor == nil || drawn.quality == nil)
    }
    #expect(min(kinds.video, kinds.photo, kinds.noise, kinds.scale) > 2, "\(kinds)")
  }

  @Test("is none where none was drawn, and without video never films")
  func none() throws {
    let canvas = ForgeFixture.canvas(40, 40, seed: 2)
    #expect(try Degradation().apply(to: canvas, ForgeTools()) == canvas.picture)
    for seed in 0..<200 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      #expect(Degradation(strength: 1, withVideo: false, using: &random).rateFactor == nil)
    }
  }
}
