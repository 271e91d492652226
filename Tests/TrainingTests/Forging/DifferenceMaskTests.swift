import Media
import Testing

@testable import Training

@Suite("The mask between a frame and its manipulated copy")
struct DifferenceMaskTests {
  private let real = ForgeFixture.canvas(90, 70, seed: 1).blurred(sigma: 3).picture

  private func changed(_ area: (x: Int, y: Int, width: Int, height: Int), by levels: Int) -> Picture {
    var fake = real
    let width = fake.width
    fake.withMutableBytes { bytes in
      for y in area.y..<area.y + area.height {
        for x in area.x..<area.x + area.width {
          let place = 3 * (y * width + x) + 1
          bytes[place] = UInt8(clamping: Int(bytes[place]) + levels)
        }
      }
    }
    return fake
  }

  @Test("is the changed area, but for the two pixels that the blur takes or gives", arguments: [40, 90, -80])
  func area(levels: Int) {
    let mask = DifferenceMask(real: real, fake: changed((20, 10, 40, 30), by: levels))
    for y in 0..<mask.height {
      for x in 0..<mask.width {
        let isInside = (22..<58).contains(x) && (12..<38).contains(y)
        let isOutside = !(18..<62).contains(x) || !(8..<42).contains(y)
        let value = mask.pixels[y * mask.width + x]
        #expect(isInside ? value == 1 : !isOutside || value == 0, "\(x), \(y)")
      }
    }
  }

  @Test("has no part of fewer than 100 pixels, and is empty for equal frames")
  func parts() {
    #expect(!DifferenceMask(real: real, fake: real).pixels.contains(1))
    #expect(!DifferenceMask(real: real, fake: changed((20, 10, 5, 5), by: 80)).pixels.contains(1))
    var isSet = [Bool](repeating: false, count: 60 * 40)
    for y in 2..<12 { for x in 3..<13 { isSet[y * 60 + x] = true } }  // 100 pixels
    for y in 20..<31 { for x in 40..<49 { isSet[y * 60 + x] = true } }  // 99
    // Corner to corner is one part.
    for y in 12..<20 { isSet[y * 60 + y + 1] = true }
    let kept = DifferenceMask.largeParts(isSet, width: 60, height: 40)
    #expect(kept.count { $0 == 1 } == 108)
    #expect(kept[25 * 60 + 44] == 0 && kept[19 * 60 + 20] == 1)
  }

  @Test("does not count a change of colour that holds for the whole frame, when it is told of it")
  func offset() {
    let lighter = changed((0, 0, 90, 70), by: 25)
    #expect(DifferenceMask(real: real, fake: lighter).pixels.contains(1))
    #expect(!DifferenceMask(real: real, fake: lighter, offset: SIMD3(0, 25, 0)).pixels.contains(1))
  }

  @Test(
    "has the threshold that parts two groups best, held to 10 to 40", arguments: [(2, 30), (5, 60), (1, 200), (0, 4)])
  func threshold(low: Int, high: Int) {
    let distances = (0..<900).map { Float($0 % 3 == 0 ? high : low) + 0.3 }
    let chosen = DifferenceMask.threshold(of: distances)
    #expect(DifferenceMask.thresholds.contains(chosen))
    if high > 10 { #expect(Float(low) + 0.3 <= chosen && chosen <= Float(high) + 0.3) }
  }
}
