import Media
import Testing

@testable import Faces

@Suite("NoiseFilter")
struct NoiseFilterTests {
  private func faces(_ sizes: (Double, Double)...) -> [Face] {
    sizes.map { Face.test(x: 0, y: 0, width: $0.0, height: $0.1) }
  }

  @Test("ignores a face whose perimeter is below that of the largest divided by √3")
  func threshold() {
    // 100 + 100 over √3 is 115.47.
    var some = faces((57, 58), (100, 100), (58, 58), (40, 76))
    #expect(NoiseFilter.apply(to: &some) == 1)
    #expect(some.map(\.box.width) == [100, 58, 40])
  }

  @Test("keeps a single face and faces alike")
  func keeps() {
    var none: [Face] = []
    #expect(NoiseFilter.apply(to: &none) == 0)
    var one = faces((12, 15))
    #expect(NoiseFilter.apply(to: &one) == 0 && one.count == 1)
    var alike = faces((30, 40), (40, 30), (35, 35))
    #expect(NoiseFilter.apply(to: &alike) == 0 && alike.count == 3)
  }

  @Test("sorts by size, never ignores the largest, and finds nothing more the second time")
  func properties() {
    var random = SeededGenerator(seed: 17)
    for _ in 0..<100 {
      var some = (0..<Int.random(in: 1...20, using: &random)).map { _ in
        Face.test(
          x: 0, y: 0, width: .random(in: 10...200, using: &random), height: .random(in: 10...200, using: &random))
      }
      let largest = some.map { $0.box.width + $0.box.height }.max()
      let before = some.count
      let ignored = NoiseFilter.apply(to: &some)
      #expect(some.count + ignored == before)
      #expect(some.first.map { $0.box.width + $0.box.height } == largest)
      #expect(NoiseFilter.apply(to: &some) == 0)
    }
  }
}
