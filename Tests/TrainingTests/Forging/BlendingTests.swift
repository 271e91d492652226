import Foundation
import Testing

@testable import Training

@Suite("Blending")
struct BlendingTests {
  /// A disc around the middle.
  private func disc(_ side: Int, radius: Double) -> Plane {
    let middle = Double(side) / 2
    return Plane(
      width: side, height: side,
      covering: [
        (0..<48).map { step in
          let angle = 2 * .pi * Double(step) / 48
          return Vector(middle + radius * cos(angle), middle + radius * sin(angle))
        }
      ])
  }

  @Test("in the gradient domain takes a source back to the target that differs from it by a colour only")
  func constant() {
    let target = ForgeFixture.canvas(61, 61, seed: 1)
    let source = target.map { $0 + SIMD4(30, -20, 10, 0) }
    let blended = GradientBlend.blend(source, into: target, region: disc(61, radius: 22))
    for index in target.pixels.indices {
      #expect((blended.pixels[index] - target.pixels[index]).magnitudes.largest < 0.5)
    }
  }

  @Test("in the gradient domain keeps the source's gradients inside and the target outside", arguments: [40, 63, 96])
  func gradients(side: Int) {
    let (source, target) = (ForgeFixture.canvas(side, side, seed: 3), ForgeFixture.canvas(side, side, seed: 4))
    let region = disc(side, radius: Double(side) / 3)
    let blended = GradientBlend.blend(source, into: target, region: region)
    for y in 1..<side - 1 {
      for x in 1..<side - 1 {
        guard region[x, y] > 0.5 else {
          #expect(blended[x, y] == target[x, y])
          continue
        }
        func laplacian(_ canvas: Canvas) -> SIMD4<Float> {
          canvas[x - 1, y] + canvas[x + 1, y] + canvas[x, y - 1] + canvas[x, y + 1] - canvas[x, y] * 4
        }
        #expect((laplacian(blended) - laplacian(source)).magnitudes.largest < 0.5)
      }
    }
  }

  @Test(
    "by a soft mask stays inside the outline, but for a trace, is full in its middle, and fades the wider the feather")
  func softMask() {
    let side = 160
    let inside = disc(side, radius: 60)
    var widths: [Int] = []
    for feather in [0.1, 0.3, 0.6] {
      var random = SeededRandom(seed: 5)
      let mask = SoftMask.make(
        [
          (0..<48).map { step in
            let angle = 2 * .pi * Double(step) / 48
            return Vector(80 + 60 * cos(angle), 80 + 60 * sin(angle))
          }
        ], width: side, height: side, unit: 50, bend: 0, feather: feather, using: &random)
      #expect(mask[80, 80] > 0.999)
      #expect(mask.pixels.allSatisfy { (0...1).contains($0) })
      #expect(mask.pixels.indices.allSatisfy { mask.pixels[$0] < 0.05 || inside.pixels[$0] > 0 })
      widths.append(mask.pixels.count { $0 > 0.02 && $0 < 0.98 })
    }
    #expect(widths == widths.sorted() && widths[0] < widths[2])
  }

  @Test("of a part too narrow to have a core still blends something in")
  func narrow() {
    var random = SeededRandom(seed: 6)
    let mask = SoftMask.make(
      [[Vector(20, 48), Vector(76, 48), Vector(76, 52), Vector(20, 52)]], width: 96, height: 96, unit: 40, bend: 0,
      feather: 0.5, using: &random)
    #expect(mask.pixels.max() == 1)
  }

  @Test("covers of each pixel the share that lies inside a polygon", arguments: 1...6)
  func coverage(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    // Partly outside of the plane.
    let (left, top) = (random.uniform(-20, 30), random.uniform(-20, 30))
    let (right, bottom) = (left + random.uniform(5, 60), top + random.uniform(5, 60))
    let plane = Plane(
      width: 40, height: 40,
      covering: [[Vector(left, top), Vector(right, top), Vector(right, bottom), Vector(left, bottom)]])
    let wide = max(0, min(right, 40) - max(left, 0))
    let high = max(0, min(bottom, 40) - max(top, 0))
    // Rows are sampled by four lines.
    #expect(abs(Double(plane.pixels.reduce(0, +)) - wide * high) <= 0.26 * wide + 0.01)
  }

  @Test("blurs keep the mean of what lies away from the edges, and a constant as it is", arguments: [1, 2, 5, 9])
  func blurs(radius: Int) {
    let flat = Plane(width: 37, height: 23, filledWith: 7)
    for soft in [flat.boxBlurred(radius: radius, times: 2), flat.blurred(sigma: Double(radius))] {
      #expect(soft.pixels.allSatisfy { abs($0 - 7) < 1e-3 })
    }
    var spot = Plane(width: 101, height: 99)
    spot[50, 49] = 1000
    for soft in [spot.boxBlurred(radius: radius), spot.blurred(sigma: Double(radius))] {
      #expect(abs(soft.pixels.reduce(0, +) - 1000) < 0.5)
      #expect(abs(soft[50 - radius, 49] - soft[50 + radius, 49]) < 1e-3)
      #expect(abs(soft[50, 49 - radius] - soft[50 + radius, 49]) < 1e-3)
    }
  }

  @Test("moves by a field no further than its amplitude, and by none nothing")
  func fields() {
    var random = SeededRandom(seed: 8)
    let field = SmoothField(width: 64, height: 48, cells: 5, amplitude: 3, using: &random)
    for y in stride(from: Float(-5), to: 60, by: 0.7) {
      for x in stride(from: Float(-5), to: 80, by: 0.7) {
        let moved = field(x, y)
        #expect(abs(moved.x) <= 3.001 && abs(moved.y) <= 3.001)
      }
    }
    let still = SmoothField(width: 64, height: 48, cells: 5, amplitude: 0, using: &random)
    let plane = ForgeFixture.noise(64, 48, seed: 9)
    #expect(plane.displaced(by: still).pixels == plane.pixels)
  }

  @Test("brings a face's colours to those of another, wholly or by a share")
  func colours() {
    let (source, target) = (
      ForgeFixture.canvas(50, 50, seed: 10), ForgeFixture.canvas(50, 50, seed: 11).map { $0 * 0.7 + 20 }
    )
    let region = Plane(width: 50, height: 50, filledWith: 1)
    func mean(_ canvas: Canvas) -> SIMD4<Float> { canvas.pixels.reduce(.zero, +) / Float(canvas.pixels.count) }
    let full = ColourMatching.match(source, to: target, in: region, share: 1)
    #expect((mean(full) - mean(target)).magnitudes.largest < 2)
    let none = ColourMatching.match(source, to: target, in: region, share: 0)
    #expect((0..<2500).allSatisfy { (none.pixels[$0] - source.pixels[$0]).magnitudes.largest < 0.01 })
    // Too few pixels tell nothing.
    let tiny = ColourMatching.match(source, to: target, in: Plane(width: 50, height: 50), share: 1)
    #expect(tiny.pixels == source.pixels)
  }
}
