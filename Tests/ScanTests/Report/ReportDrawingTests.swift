import Forensics
import Testing

@testable import Scan

@Suite("A report's drawings")
struct ReportDrawingTests {
  @Test("outline the patches that are large enough, and no others")
  func outline() {
    let rows = [
      "........",
      ".###....",
      ".#.#..#.",
      ".###....",
      "....##..",
      "........",
    ]
    let mask = rows.joined().map { $0 == "#" ? UInt8(200) : UInt8(90) }
    let outline = MaskOutline(mask, width: 8, height: 6, threshold: 0.5, minimum: 4)
    // The ring and what touches it at a corner, the hole in it, but not the single point.
    #expect(outline.path == "M1 1h3v3h-3v-3zM2 2v1h1v-1h-1zM4 4h2v1h-2v-1z")
    #expect(outline.share == 10.0 / 48)
    #expect(MaskOutline(mask, width: 8, height: 6, threshold: 0.5, minimum: 10).path.isEmpty)
    #expect(MaskOutline([], width: 0, height: 0, threshold: 0.5, minimum: 0).path.isEmpty)
  }

  @Test("keep every ballot of a short timeline, and count all of a long one", arguments: [0, 1, 2, 400, 401, 30_000])
  func timeline(count: Int) {
    var ballots: [ReportBallot] = []
    for index in 0..<count {
      let score = Float(index % 100) / 100
      ballots.append(ReportBallot(time: Double(index) / 3, score: index % 5 == 0 ? nil : score))
    }
    let timeline = ReportTimeline(ballots, threshold: 0.5, votes: VoteRule())
    #expect(timeline.points.count <= ReportTimeline.most + 1)
    if count <= ReportTimeline.most { #expect(timeline.points.count == count) }
    let tally = timeline.points.reduce(into: Tally()) { sum, point in
      sum.fake += point.tally.fake
      sum.real += point.tally.real
      sum.abstained += point.tally.abstained
    }
    #expect(tally.decided + tally.abstained == count)
    #expect(tally.abstained == ballots.count { $0.score == nil })
    #expect(tally.fake == ballots.count { ($0.score ?? 0) > 0.5 })
    let highest: Float? = ballots.compactMap { $0.score }.max()
    #expect(timeline.points.compactMap { $0.score }.max() == highest)
    for (left, right) in zip(timeline.points, timeline.points.dropFirst()) { #expect(left.end < right.start) }
  }

  @Test("show the share of votes in the window that ends at each ballot")
  func share() {
    let scores: [Float?] = [0.9, 0.1, nil, 0.9, 0.9]
    let ballots = scores.enumerated().map { ReportBallot(time: Double($0.offset), score: $0.element) }
    let timeline = ReportTimeline(ballots, threshold: 0.5, votes: VoteRule(window: 2))
    #expect(timeline.points.map(\.share) == [1, 0.5, 0.5, 0.5, 1])
  }
}
