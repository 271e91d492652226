import Foundation
import Testing

@testable import Forensics
@testable import Training

@Suite("The HTML report")
struct HTMLReportTests {
  private func page(_ set: ScoreSet) -> String { SyntheticScores.report(set).html }

  private var set: ScoreSet {
    var random = SeededRandom(seed: 1)
    func films(_ condition: String) -> [ScoredSource] {
      (0..<8).map { number in
        SyntheticScores.film(
          "\(number).mp4", isFake: number % 2 == 0, condition: condition,
          (0..<20).map { _ in [Float(random.uniform(0.1, 0.7)) + (number % 2 == 0 ? 0.2 : 0)] })
      }
    }
    return SyntheticScores.set(films("original") + films("H.264 crf 40"))
  }

  /// Whether every tag that is opened is closed, in order.
  private func isBalanced(_ page: String) -> Bool {
    let void: Set<Substring> = ["meta", "line", "polyline", "polygon", "circle", "!DOCTYPE", "path", "rect"]
    var open: [Substring] = []
    for tag in page.matches(of: /<(\/?)([!a-zA-Z0-9]+)[^>]*?(\/?)>/) {
      if void.contains(tag.2) || !tag.3.isEmpty { continue }
      if tag.1.isEmpty {
        open.append(tag.2)
      } else if open.popLast() != tag.2 {
        return false
      }
    }
    return open.isEmpty
  }

  @Test("needs nothing but itself: no address, script, font or picture from elsewhere")
  func selfContained() {
    let page = page(set)
    for forbidden in ["://", "src=", "href", "url(", "@import", "<script", "<link", "<iframe", "<img"] {
      #expect(!page.contains(forbidden), "\(forbidden)")
    }
    #expect(page.contains("default-src 'none'"))
  }

  @Test("tells each kind of fake apart, ranked against all reals, and nothing of kinds where none are named")
  func kinds() throws {
    func film(_ number: Int, _ kind: String?, _ score: Float) -> ScoredSource {
      var film = SyntheticScores.film("\(number).mp4", isFake: kind != nil, Array(repeating: [score], count: 12))
      film.item.kind = kind
      return film
    }
    let set = SyntheticScores.set([
      film(0, nil, 0.2), film(1, nil, 0.4), film(2, "lips", 0.3), film(3, "lips", 0.9), film(4, "a < b", 0.95),
    ])
    let report = SyntheticScores.report(set)
    let kinds = report.kinds
    #expect(kinds.map(\.name) == ["a < b", "lips"])
    #expect(kinds.map(\.fakes) == [1, 2] && kinds.map(\.reals) == [0, 0])
    #expect(kinds.map(\.auroc) == [1, 0.75] && kinds.map(\.recall) == [1, 0.5])
    #expect(report.text.contains("kind of fake") && report.text.contains("lips"))
    let page = page(set)
    #expect(isBalanced(page) && page.contains("Kinds of fakes") && page.contains(">a &lt; b<"))
    #expect(
      !self.page(self.set).contains("Kinds of fakes") && !SyntheticScores.report(self.set).text.contains("kind of"))
  }

  @Test("tells what other thresholds make of the same files, as an evaluation at these would")
  func thresholds() throws {
    var set = set
    set.sources = set.sources.filter { $0.condition == "original" }
    set.point.calibration = ScoreCalibration(temperature: 1.5, bias: -0.2)
    let report = EvaluationReport(set, rounds: 100)
    #expect(report.choices.map(\.threshold) == report.choices.map(\.threshold).sorted())
    #expect(report.choices.count == ThresholdChoice.usual.count + 1)
    #expect(report.choices.filter(\.isUsed).map(\.threshold) == [set.point.reportedThreshold])
    // They differ, or the comparison would say little.
    #expect(Set(report.choices.map(\.decisions)).count > 2)
    for choice in report.choices {
      var other = set
      other.judge(threshold: choice.threshold, clearance: nil, window: nil)
      let part = EvaluationReport(other, rounds: 100).original
      #expect(part.files.figures[.recall] == choice.decisions.recall)
      #expect(part.files.intervals[.specificity] == choice.intervals[.specificity])
      #expect(part.alarms == choice.alarms)
      #expect(part.labels[true]?[.real] ?? 0 == choice.cleared.fakes)
      #expect(part.labels[false]?[.real] ?? 0 == choice.cleared.reals)
    }
    // A usual threshold that is used is told once.
    set.point.calibration = .none
    #expect(EvaluationReport(set, rounds: 100).choices.count == ThresholdChoice.usual.count)
    let (text, page) = (SyntheticScores.report(set).text, page(set))
    #expect(text.contains("0.500 *") && page.contains("Other thresholds") && isBalanced(page))
  }

  @Test("shows every plot, every figure with its interval, each file, and how to repeat it")
  func complete() {
    let page = page(set)
    #expect(isBalanced(page))
    #expect(page.matches(of: #/<svg /#).count == 6)
    for figure in Figure.allCases { #expect(page.contains(">\(SVG.text(figure.title))<"), "\(figure)") }
    for number in 0..<8 { #expect(page.contains(">\(number).mp4<")) }
    #expect(page.contains("H.264 crf 40"))
    for share in ["50 %", "25 %", "5 %", "1 %"] { #expect(page.contains(">\(share) of files<")) }
    #expect(page.contains(String(repeating: "a", count: 64)))
    for words in ["40 pixels", "3 frames a second", "unmask 0", "pnet 1", "seed 1", "False alarms"] {
      #expect(page.contains(words), "\(words)")
    }
  }

  @Test("takes names as words, whatever stands in them")
  func hostileNames() {
    let name = "<script>alert(1)</script>&\"'.mp4"
    let films = [
      SyntheticScores.film(name, isFake: true, [[0.9]]), SyntheticScores.film("b", isFake: false, [[0.1]]),
    ]
    let page = page(SyntheticScores.set(films))
    #expect(!page.contains("<script"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;"))
    #expect(isBalanced(page))
  }

  @Test("is whole for sets of one kind, without faces, and of pictures alone")
  func edges() {
    var faceless = SyntheticScores.film("a", isFake: true, [[0.9]])
    faceless.frames[0].people = []
    var picture = SyntheticScores.film("b", isFake: false, [[0.2]])
    (picture.isStill, picture.seconds) = (true, 0)
    for films in [[faceless], [picture], [faceless, picture]] {
      let page = page(SyntheticScores.set(films))
      #expect(isBalanced(page))
      #expect(!page.contains("nan") && !page.contains("inf,"))
    }
  }
}
