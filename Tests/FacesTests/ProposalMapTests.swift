import Testing

@testable import Faces

@Suite("ProposalMap")
struct ProposalMapTests {
  @Test("places its cells where the reference does, rounding towards zero")
  func cells() {
    let map = ProposalMap(columns: 4, rows: 3, scale: 0.3)
    // (2·0+1)/0.3 = 3.3, (2·0+12)/0.3 = 40; (2·3+1)/0.3 = 23.3, (2·3+12)/0.3 = 60; (2·2+1)/0.3 = 16.7, 16/0.3 = 53.3
    #expect(map.box(column: 0, row: 0) == BoundingBox(left: 3, top: 3, right: 40, bottom: 40))
    #expect(map.box(column: 3, row: 2) == BoundingBox(left: 23, top: 16, right: 60, bottom: 53))
    #expect(
      ProposalMap(columns: 1, rows: 1, scale: 1).box(column: 0, row: 0)
        == BoundingBox(left: 1, top: 1, right: 12, bottom: 12))
  }

  @Test("collects the cells that reach the threshold with their own offsets")
  func collects() {
    let map = ProposalMap(columns: 3, rows: 2, scale: 1)
    var probability = [Float](repeating: 0.1, count: 12)
    probability[0] = 0.99  // the plane of "no face" must not be read
    probability[6 + 2] = 0.6
    probability[6 + 4] = 0.9
    let offsets = (0..<24).map { Float($0) }
    var list = CandidateList(limit: 10)
    map.collect(probability: probability.span, offsets: offsets.span, threshold: 0.6, into: &list)
    #expect(
      list.candidates == [
        Candidate(box: map.box(column: 2, row: 0), score: 0.6, offsets: [2, 8, 14, 20]),
        Candidate(box: map.box(column: 1, row: 1), score: 0.9, offsets: [4, 10, 16, 22]),
      ])
  }

  @Test("places the rows of a band where they lie in the whole level")
  func bands() {
    let map = ProposalMap(columns: 1, rows: 1, scale: 0.5)
    var list = CandidateList(limit: 10)
    map.collect(
      probability: [0, 1].span, offsets: [0, 0, 0, 0].span, threshold: 0.6, firstRow: 7, into: &list)
    #expect(list.candidates.map(\.box) == [map.box(column: 0, row: 7)])
  }
}
