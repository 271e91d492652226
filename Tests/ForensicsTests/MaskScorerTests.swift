import Testing

@testable import Forensics

@Suite("The frame rule")
struct MaskScorerTests {
  /// The rule as the article words it: draw the pixels above the threshold, fill each component, count its points.
  private func fires(_ mask: [Float], width: Int, rule: FrameRule) -> (fires: Bool, area: Float) {
    let height = mask.count / width
    var unseen = mask.map { $0 > rule.threshold }
    var firing = 0
    for start in mask.indices where unseen[start] {
      var queue = [start]
      var size = 0
      unseen[start] = false
      while let pixel = queue.popLast() {
        size += 1
        for y in max(0, pixel / width - 1)...min(height - 1, pixel / width + 1) {
          for x in max(0, pixel % width - 1)...min(width - 1, pixel % width + 1) where unseen[y * width + x] {
            unseen[y * width + x] = false
            queue.append(y * width + x)
          }
        }
      }
      if size > rule.minimumComponent { firing += size }
    }
    return (firing > 0, Float(firing) / Float(mask.count))
  }

  private func score(_ mask: [Float], width: Int, rule: FrameRule) -> MaskFinding {
    var scorer = MaskScorer(width: width, height: mask.count / width)
    return scorer.finding(in: mask.span, rule: rule)
  }

  @Test("fires exactly when the score exceeds the threshold, and marks the area that a flood fill marks")
  func agreement() {
    var random = SplitMix(seed: 11)
    for round in 0..<400 {
      let width = Int.random(in: 1...24, using: &random)
      let height = Int.random(in: 1...24, using: &random)
      // Few distinct values, so that ties are common.
      let levels = Float(Int.random(in: 2...12, using: &random))
      let mask = (0..<width * height).map { _ in
        (Float.random(in: 0...1, using: &random) * levels).rounded(.down) / levels
      }
      let minimum = Int.random(in: 0...20, using: &random)
      for threshold in [Float(0), 1 / levels, 0.5, 0.77, 1] {
        let rule = FrameRule(threshold: threshold, minimumComponent: minimum)
        let finding = score(mask, width: width, rule: rule)
        let expected = fires(mask, width: width, rule: rule)
        #expect(rule.fires(at: finding.score) == expected.fires, "round \(round)")
        #expect(finding.area == expected.area, "round \(round)")
      }
    }
  }

  @Test("needs more than 100 points: 100 do not fire, 101 do", arguments: [(100, false), (101, true)])
  func size(points: Int, expected: Bool) {
    var mask = [Float](repeating: 0.1, count: 64 * 64)
    for point in 0..<points { mask[(10 + point / 10) * 64 + 10 + point % 10] = 0.97 }
    let rule = FrameRule(threshold: 0.9)
    #expect(rule.fires(at: score(mask, width: 64, rule: rule).score) == expected)
  }

  @Test("joins points that touch at a corner, and does not join what merely wraps around the picture's edge")
  func neighbourhood() {
    var diagonal = [Float](repeating: 0, count: 16 * 16)
    for step in 0..<16 { diagonal[step * 17] = 1 }
    let rule = FrameRule(threshold: 0.5, minimumComponent: 15)
    #expect(score(diagonal, width: 16, rule: rule).score == 1)
    var wrapping = [Float](repeating: 0, count: 16 * 16)
    for column in 9..<16 { wrapping[column] = 1 }
    for column in 0..<7 { wrapping[16 + column] = 1 }
    #expect(score(wrapping, width: 16, rule: FrameRule(threshold: 0.5, minimumComponent: 7)).score == 0)
  }

  @Test("gives 0 to a mask that could never fire, and survives values that are no confidences")
  func extremes() {
    let rule = FrameRule(threshold: 0.5, minimumComponent: 3)
    #expect(score([1, 1, 1], width: 3, rule: rule) == MaskFinding(score: 0, area: 0))
    #expect(score([.nan, -.infinity, -1, -0.0], width: 2, rule: rule).score == 0)
    #expect(score([.infinity, 2, 2, 2], width: 2, rule: rule).score == 2)
  }

  @Test("can be asked again with the same scratch memory")
  func reuse() {
    var scorer = MaskScorer(width: 32, height: 32)
    let rule = FrameRule(threshold: 0.5, minimumComponent: 10)
    var random = SplitMix(seed: 5)
    let masks = (0..<4).map { _ in (0..<1024).map { _ in Float.random(in: 0...1, using: &random) } }
    let first = masks.map { scorer.finding(in: $0.span, rule: rule) }
    let second = masks.map { scorer.finding(in: $0.span, rule: rule) }
    #expect(first == second)
  }
}

/// A small seeded generator, so that a failing case can be run again.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
