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
    #expect(SyntheticScores.evaluated(read).json == SyntheticScores.evaluated(set).json)
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
    do { _ = SyntheticScores.evaluated(try ScoreFile.read(path)).html } catch {
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
}
