import Foundation
import Testing

@testable import Forensics
@testable import Training

@Suite("Kept scores")
struct ScoreFileTests {
  @Test("come back as they were written, and give the same report")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    var film = SyntheticScores.film("ä \"x\".mp4", isFake: true, [[0.25, 0.1], [0.9999999, 0.5]])
    film.frames[1].ended = [4]
    film.frames[0].people.append(ScoredPerson(track: 4, scores: nil))
    film.frames[0].people[0].overlap = MaskOverlap(common: 1, marked: 2, manipulated: 3)
    var broken = SyntheticScores.film("b", isFake: false, [])
    broken.failure = "b: is damaged"
    let set = SyntheticScores.set([film, broken], components: [100, 200], votes: VoteRule(line: 0.4, margin: 0.05))
    let path = folder.file("scores.jsonl")
    try ScoreFile.write(set, to: path)
    let read = try ScoreFile.read(path)
    #expect(read.sources == set.sources)
    #expect(read.point == set.point)
    #expect(read.sha256 == set.sha256 && read.calibratedFrom == set.calibratedFrom)
    #expect(read.circumstances == set.circumstances)
    #expect(SyntheticScores.report(read).json == SyntheticScores.report(set).json)
  }

  @Test("are refused with the line's number when they are damaged anywhere", arguments: 0..<60)
  func damage(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("scores.jsonl")
    try ScoreFile.write(
      SyntheticScores.set([SyntheticScores.film("a", isFake: true, [[0.25], [0.5]])]), to: path)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var random = SeededRandom(seed: seed)
    // Cut short, a byte changed, or a line repeated.
    switch seed % 3 {
    case 0: bytes.removeLast(random.integer(1, bytes.count))
    case 1: bytes[random.index(bytes.count)] = UInt8(random.integer(0, 255))
    default: bytes += bytes.prefix(random.index(bytes.count))
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    // Whatever it is, it is read or refused in a sentence that names the file; it never traps.
    do { _ = SyntheticScores.report(try ScoreFile.read(path)).html } catch {
      #expect("\(error)".hasPrefix(path))
    }
  }

  @Test("of another format, or of none, are refused")
  func foreign() throws {
    let folder = try TemporaryFolder()
    for text in ["", "{}\n", "{\"type\":\"head\",\"format\":\"unmask-scores/9\"}\n", "{\"type\":\"frame\"}\n"] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("x.jsonl")))
      #expect(throws: EvaluationError.self) { try ScoreFile.read(folder.file("x.jsonl")) }
    }
  }

  @Test("judged at another threshold give what a run at that threshold gives, but for Dice, which is left out")
  func otherPoint() throws {
    var film = SyntheticScores.film("a", isFake: true, Array(repeating: [0.4], count: 9))
    film.frames[0].people[0].overlap = MaskOverlap(common: 1, marked: 2, manipulated: 3)
    let sources = [film, SyntheticScores.film("b", isFake: false, Array(repeating: [0.2], count: 9))]
    var set = SyntheticScores.set(sources, threshold: 0.5)
    set.point.calibration = ScoreCalibration(temperature: 2, bias: 0.3)
    #expect(set.report.labels[true]?[.fake] == nil && set.report.dice != nil)

    // Whatever number tells the threshold, it is a reported one.
    let wanted = set.point.calibration.probability(of: 0.3)
    set.judge(threshold: wanted, clearance: 0.1, window: 5)
    #expect(abs(set.point.threshold - 0.3) < 1e-6 && set.point.votes.window == 5)
    #expect(set.report.labels[true]?[.fake] == 1)
    #expect(set.report.labels[false] == [.inconclusive: 1])
    #expect(set.report.dice == nil)
    #expect(EvaluationReport(set, rounds: 100).cautions.contains { $0.hasPrefix("Dice is left out") })

    // The threshold it has already changes nothing.
    var same = SyntheticScores.set(sources, threshold: 0.5)
    same.judge(threshold: same.point.reportedThreshold, clearance: nil, window: nil)
    #expect(same.report.dice != nil && same.sources == sources)
  }

  @Test("of several runs are judged as one set")
  func joined() throws {
    let folder = try TemporaryFolder()
    let films = (0..<6).map { SyntheticScores.film("\($0)", isFake: $0 % 2 == 0, [[Float($0) / 10]]) }
    let parts = [films.prefix(1), films.dropFirst()].map { SyntheticScores.set(Array($0)) }
    let paths = ["1.jsonl", "2.jsonl"].map(folder.file)
    for (part, path) in zip(parts, paths) { try ScoreFile.write(part, to: path) }
    let both = try #require(Evaluation(scores: paths, options: Evaluation.Options()).run())
    #expect(both.sources == films && !both.isEmpty && !both.hasFailures)
    #expect(both.circumstances?.set == "made up, made up")
  }

  @Test("of another model, another point, another way of sampling, or of a file twice are not joined")
  func notJoined() throws {
    let set = SyntheticScores.set([SyntheticScores.film("a", isFake: true, [[0.25]])])
    var others = Array(repeating: SyntheticScores.set([SyntheticScores.film("b", isFake: true, [[0.25]])]), count: 6)
    others[0].sha256 = String(repeating: "c", count: 64)
    others[1].point.threshold = 0.6
    others[2].sampling = "every frame"
    others[3].circumstances?.smallestFace = "60 pixels"
    others[4].sources += [SyntheticScores.film("b", isFake: true, condition: "crf 23", [[0.25]])]
    others[5].sources[0].item.path = set.sources[0].item.path
    for other in others {
      let refusal = #expect(throws: EvaluationError.self) {
        try ScoreSet.joined([("one.jsonl", set), ("two.jsonl", other)])
      }
      #expect("\(refusal as Any)".contains("two.jsonl"))
    }
  }
}

extension ScoreSet {
  fileprivate var report: EvaluationReport.Part { EvaluationReport(self, rounds: 100).original }
}
