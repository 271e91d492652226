import Testing

@testable import Analysis
@testable import Media

@Suite("Pictures that are no evidence")
struct PictureWatchTests {
  private struct Noise: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 11 | state << 53
    }
  }

  /// A scene with a sensor's noise of one step up or down.
  private func scene(_ seed: UInt64, brightness: Int = 100, noise: ClosedRange<Int> = -3...3) -> LumaSignature {
    var random = Noise(state: seed)
    return LumaSignature(
      samples: (0..<2304).map { UInt8(clamping: brightness + $0 % 64 + Int.random(in: noise, using: &random)) })
  }

  @Test("a still is withheld after a second and told after the time allowed; movement clears it at once")
  func freezes() {
    var watch = PictureWatch(frozenAfter: 5, blackAfter: 5)
    let still = scene(1)
    var told: [(Double, PictureCondition)] = []
    var withheld: [Double] = []
    for step in 0..<30 {
      let time = Double(step) / 3
      let finding = watch.look(at: time < 8 ? still : scene(UInt64(step)), time: time)
      if finding.isWithheld { withheld.append(time) }
      if let change = finding.change { told.append((time, change)) }
    }
    #expect(told.map(\.1) == [.frozen, .lively] && told.map(\.0) == [5, 8])
    #expect(withheld.first == 1 && withheld.last! < 8)
    #expect(withheld.count == 21)
  }

  @Test("a living sensor before a scene where nothing happens is not frozen")
  func noiseIsLife() {
    var watch = PictureWatch(frozenAfter: 5, blackAfter: 5)
    for step in 0..<100 {
      let finding = watch.look(at: scene(UInt64(step)), time: Double(step) / 3)
      #expect(!finding.isWithheld && finding.change == nil)
    }
  }

  @Test("darkness is withheld at once and told as black, noise or not")
  func black() {
    var watch = PictureWatch(frozenAfter: 5, blackAfter: 2)
    var changes: [PictureCondition] = []
    for step in 0..<30 {
      let dark = LumaSignature(samples: (0..<2304).map { UInt8(16 + ($0 * 7 + step * 5) % 5) })
      let finding = watch.look(at: step < 20 ? dark : scene(UInt64(step)), time: Double(step) / 3)
      #expect(finding.isWithheld == (step < 20))
      if let change = finding.change { changes.append(change) }
    }
    #expect(changes == [.black, .lively])
  }

  @Test("looks for nothing when told so")
  func off() {
    var watch = PictureWatch(frozenAfter: nil, blackAfter: nil)
    for step in 0..<50 {
      #expect(watch.look(at: scene(1, brightness: 0), time: Double(step)) == .init(isWithheld: false, change: nil))
    }
  }
}
