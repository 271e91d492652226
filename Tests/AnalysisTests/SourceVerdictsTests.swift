import Forensics
import Media
import Testing

@testable import Analysis
@testable import Faces

@Suite("The verdicts of a source")
struct SourceVerdictsTests {
  /// A face at a horizontal place, with what its mask said.
  private struct Shown {
    let x: Double
    let score: Float
  }

  /// Frames of one plain shot, three a second from `start`.
  private func frames(
    _ count: Int, from start: Double = 0, shade: Float = 128, isCorrupt: Bool = false, shows: [Shown]
  ) -> [Examination] {
    (0..<count).map { number in
      let scene = SceneSignature(width: 64, height: 36) { column, row in
        SIMD3(shade, Float(column * 4), shade > 128 ? 255 - Float(row * 7) : Float(row * 7))
      }
      let faces = shows.map { shown in
        let point = Point(x: 0, y: 0)
        return Face(
          box: Rectangle(x: shown.x, y: 50, width: 100, height: 120), score: 1,
          landmarks: Landmarks(leftEye: point, rightEye: point, nose: point, leftMouth: point, rightMouth: point))
      }
      let time = start + Double(number) / 3
      return Examination(
        time: time, arrival: 1_000_000 + time, picture: PixelSize(width: 640, height: 360), isCorrupt: isCorrupt,
        detection: Detection(faces: faces, ignored: 0, scene: scene),
        findings: shows.map { MaskFinding(score: $0.score, area: $0.score / 2) })
    }
  }

  private func verdicts(firstTrack: Int = 1, of examinations: [Examination]) -> (
    ended: [PersonChange], summary: Summary
  ) {
    var verdicts = SourceVerdicts(rule: VoteRule(), threshold: 0.5, updateInterval: .infinity, firstTrack: firstTrack)
    let changes = examinations.flatMap { verdicts.add($0) } + verdicts.close()
    return (changes.filter { if case .ended = $0.change { true } else { false } }, verdicts.summary)
  }

  @Test("keep two people apart, and call the source fake when one of them is")
  func twoPeople() {
    let (ended, summary) = verdicts(of: frames(30, shows: [Shown(x: 40, score: 0.1), Shown(x: 400, score: 0.8)]))
    #expect(ended.map(\.track) == [1, 2])
    #expect(ended.map(\.change.verdict.label) == [.real, .fake])
    #expect(ended[1].change.verdict.strongest?.box.x == 400)
    #expect(ended[1].change.verdict.strongest?.finding.area == 0.4)
    #expect(summary.assessment.label == .fake)
    #expect(summary.score == 0.8)
  }

  @Test("begin anew after a shot cut")
  func cut() {
    let first = frames(30, shows: [Shown(x: 40, score: 0.1)])
    let second = frames(30, from: 10, shade: 250, shows: [Shown(x: 40, score: 0.9)])
    let (ended, _) = verdicts(of: first + second)
    #expect(ended.map(\.track) == [1, 2])
    #expect(ended.map(\.change.verdict.label) == [.real, .fake])
    #expect(ended[0].change.verdict.end < 10)
    #expect(ended[1].change.verdict.start >= 10)
  }

  @Test("abstain while a face is hidden, and say how much of the time was covered")
  func hidden() {
    let person = [Shown(x: 40, score: 0.1)]
    let (ended, _) = verdicts(
      of: frames(15, shows: person) + frames(3, from: 5, shows: []) + frames(15, from: 6, shows: person))
    #expect(ended.count == 1)
    #expect(ended[0].change.verdict.ballots == Tally(real: 30, abstained: 3))
  }

  @Test("never rest on damaged frames")
  func damaged() {
    let (ended, summary) = verdicts(of: frames(30, isCorrupt: true, shows: [Shown(x: 40, score: 0.9)]))
    #expect(ended.map(\.change.verdict.label) == [.inconclusive])
    #expect(summary.assessment.reason == .tooFewBallots)
  }

  @Test("say no_face of a source that shows none")
  func nobody() {
    let (ended, summary) = verdicts(of: frames(10, shows: []))
    #expect(ended.isEmpty)
    #expect(summary.assessment.label == .noFace)
    #expect(summary.score == nil)
  }

  @Test("go on counting tracks where a stream left off, and tell its wall-clock time")
  func numbering() {
    let (ended, _) = verdicts(firstTrack: 7, of: frames(30, shows: [Shown(x: 40, score: 0.1)]))
    #expect(ended.map(\.track) == [7])
    #expect(ended[0].epoch == 1_000_000)
  }
}
