import Analysis
import Forensics
import Foundation
import Media
import Records
import Testing

@testable import Scan

@Suite("The segments of a file")
struct SegmentTests {
  private func stretch(_ label: Forensics.Label, _ track: Int, from start: Double, score: Float?) -> LedgerStretch {
    LedgerStretch(
      track: track,
      verdict: Verdict(
        assessment: Assessment(label: label, reason: .majority), score: score, threshold: 0.5, ballots: Tally(),
        start: start, end: start + 1))
  }

  @Test("are told in order of time, whatever order the people ended in")
  func order() {
    let choice = SegmentChoice(of: [
      stretch(.real, 2, from: 5, score: 0.2), stretch(.fake, 1, from: 9, score: 0.9),
      stretch(.real, 1, from: 0, score: nil),
    ])
    #expect(choice.segments.map(\.start) == [0, 5, 9])
    #expect(choice.segments.map(\.label) == ["real", "real", "fake"])
    #expect(choice.segments[0].score == nil && choice.omitted == 0)
  }

  @Test("leave out what tells least when there are too many, and fit into a line with the longest of paths")
  func room() throws {
    var luck = SeededGenerator(seed: 4)
    let stretches = (0..<500).map { number in
      stretch(
        number % 25 == 0 ? .fake : .real, number, from: 1_000_000 / 3 - Double(number) / 7,
        score: .random(in: 0...1, using: &luck))
    }
    let choice = SegmentChoice(of: stretches)
    #expect(choice.segments.count == SegmentChoice.most && choice.omitted == 500 - SegmentChoice.most)
    #expect(choice.segments.count { $0.label == "fake" } == 20)
    let least = try #require(choice.segments.filter { $0.label == "real" }.compactMap(\.score).min())
    let told = Set(choice.segments.map(\.track))
    #expect(stretches.allSatisfy { told.contains($0.track) || Double($0.verdict.score ?? 0) <= least })
    var details = Details(file: FileDetails(path: String(repeating: "漢", count: 1_300), sha256: "ab"))
    details.segments = choice.segments
    details.omittedSegments = choice.omitted
    var encoder = RecordEncoder(serviceVersion: "0.1.0")
    let line = encoder.line(for: Record(.scanFile, message: details.file!.path, details: details))
    #expect(line.count <= RecordEncoder.lineLimit)
  }
}
