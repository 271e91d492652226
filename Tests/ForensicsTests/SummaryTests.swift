import Testing

@testable import Forensics

@Suite("The summary of a source")
struct SummaryTests {
  private func verdict(_ label: Label, _ reason: Reason = .majority, score: Float? = nil) -> Verdict {
    Verdict(
      assessment: Assessment(label: label, reason: reason), score: score, threshold: 0.5, ballots: Tally(), start: 0,
      end: 1)
  }

  private func label(_ verdicts: [Verdict]) -> Label {
    var summary = Summary()
    for verdict in verdicts.shuffled() { summary.add(verdict) }
    return summary.assessment.label
  }

  @Test("is fake if anybody is, whoever else is on screen")
  func anyFake() {
    #expect(label([verdict(.real), verdict(.fake), verdict(.inconclusive, .closeToTheLine)]) == .fake)
  }

  @Test("is not real while somebody is close to the line or not cleared, but a passer-by does not matter")
  func doubt() {
    #expect(label([verdict(.real), verdict(.inconclusive, .notCleared)]) == .inconclusive)
    #expect(label([verdict(.fake), verdict(.inconclusive, .notCleared)]) == .fake)
    #expect(label([verdict(.real), verdict(.inconclusive, .closeToTheLine)]) == .inconclusive)
    #expect(label([verdict(.real), verdict(.inconclusive, .tooFewBallots)]) == .real)
    #expect(label([verdict(.inconclusive, .tooFewBallots)]) == .inconclusive)
    #expect(label([]) == .noFace)
  }

  @Test("takes its score from those who were judged, and from a passer-by only when there is nobody else")
  func passersBy() {
    var summary = Summary()
    summary.add(verdict(.inconclusive, .tooFewBallots, score: 0.9))
    #expect(summary.score == 0.9)
    summary.add(verdict(.real, score: 0.3))
    #expect(summary.score == 0.3)
  }

  @Test("has the highest score of its people")
  func score() {
    var summary = Summary()
    #expect(summary.score == nil)
    for score in [0.2, 0.7, 0.4] as [Float] { summary.add(verdict(.real, score: score)) }
    #expect(summary.score == 0.7)
  }
}
