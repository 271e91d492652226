import Testing

@testable import Faces

@Suite("NonMaximumSuppression")
struct NonMaximumSuppressionTests {
  private func candidate(_ left: Double, _ score: Float, side: Double = 10) -> Candidate {
    Candidate(
      box: BoundingBox(left: left, top: 1, right: left + side - 1, bottom: side), score: score, offsets: .zero)
  }

  private func suppressed(
    _ candidates: [Candidate], threshold: Double = 0.5, over measure: OverlapMeasure = .union
  ) -> [Candidate] {
    var suppress = NonMaximumSuppression()
    var left = candidates
    suppress(&left, threshold: threshold, over: measure)
    return left
  }

  @Test("lets a box stay whose only better neighbour was itself suppressed")
  func greedy() {
    // Neighbours share 7 of 13 columns (0.54), the outer two 4 of 16 (0.25).
    let outcome = suppressed([candidate(1, 0.9), candidate(4, 0.8), candidate(7, 0.7)])
    #expect(outcome.map(\.score) == [0.9, 0.7])
  }

  @Test("keeps a box whose overlap is exactly the threshold")
  func atThreshold() {
    // 5 of 15 columns.
    let pair = [candidate(1, 0.9), candidate(6, 0.8)]
    #expect(suppressed(pair, threshold: 1.0 / 3).count == 2)
    #expect(suppressed(pair, threshold: 0.33).count == 1)
  }

  @Test("finds a small box inside a large one only when measured over the smaller")
  func smaller() {
    let pair = [candidate(1, 0.9, side: 30), candidate(5, 0.8, side: 10)]
    #expect(suppressed(pair, threshold: 0.7, over: .union).count == 2)
    #expect(suppressed(pair, threshold: 0.7, over: .smaller).map(\.score) == [0.9])
  }

  @Test("prefers the earlier of two equal scores")
  func ties() {
    let outcome = suppressed([candidate(2, 0.9), candidate(1, 0.9), candidate(3, 0.9)])
    #expect(outcome.map(\.box.left) == [2])
  }

  @Test("takes nothing and one box alike, and drops boxes that are not numbers when a better one exists")
  func edges() {
    #expect(suppressed([]).isEmpty)
    #expect(suppressed([candidate(1, 0.1)]).count == 1)
    var broken = candidate(1, 0.5)
    broken.box.left = .nan
    #expect(suppressed([candidate(50, 0.9), broken]).map(\.score) == [0.9])
  }

  @Test("on random boxes: survivors do not overlap, every victim overlaps a better survivor, scores fall")
  func definition() {
    var random = SeededGenerator(seed: 11)
    for round in 0..<40 {
      let boxes = distinctCandidates(count: 1 + round * 3, using: &random)
      let survivors = suppressed(boxes)
      #expect(survivors.map(\.score) == survivors.map(\.score).sorted(by: >))
      for (index, survivor) in survivors.enumerated() {
        for other in survivors[..<index] { #expect(survivor.box.overlap(with: other.box, over: .union) <= 0.5) }
      }
      for victim in boxes where !survivors.contains(victim) {
        #expect(
          survivors.contains { $0.score > victim.score && $0.box.overlap(with: victim.box, over: .union) > 0.5 })
      }
    }
  }

  @Test("on random boxes: doing it twice changes nothing, and the order given does not matter")
  func idempotentAndPermutationInvariant() {
    var random = SeededGenerator(seed: 13)
    for _ in 0..<40 {
      let boxes = distinctCandidates(count: 50, using: &random)
      let survivors = suppressed(boxes)
      #expect(suppressed(survivors) == survivors)
      #expect(suppressed(boxes.shuffled(using: &random)) == survivors)
    }
  }

  private func distinctCandidates(count: Int, using random: inout SeededGenerator) -> [Candidate] {
    let scores = (0..<count).map { Float($0) / Float(count) }.shuffled(using: &random)
    return scores.map { Candidate(box: .random(using: &random), score: $0, offsets: .zero) }
  }
}

@Suite("CandidateList")
struct CandidateListTests {
  @Test("ends with the best of what was appended, whatever came in between", arguments: [1, 2, 7, 100])
  func keepsTheBest(limit: Int) {
    var random = SeededGenerator(seed: 3)
    let scores = (0..<1000).map { Float($0) }.shuffled(using: &random)
    var list = CandidateList(limit: limit)
    for score in scores { list.append(Candidate(box: .random(using: &random), score: score, offsets: .zero)) }
    #expect(list.candidates.count <= 2 * limit)
    list.cut()
    #expect(list.candidates.map(\.score) == scores.sorted(by: >).prefix(limit).map { $0 })
  }

  @Test("leaves fewer candidates than its limit in the order they came")
  func leavesFew() {
    var random = SeededGenerator(seed: 4)
    var list = CandidateList(limit: 3)
    for score: Float in [0.2, 0.9, 0.5] {
      list.append(Candidate(box: .random(using: &random), score: score, offsets: .zero))
    }
    list.cut()
    #expect(list.candidates.map(\.score) == [0.2, 0.9, 0.5])
  }
}
