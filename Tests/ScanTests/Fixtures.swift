import Analysis
import Forensics
import Foundation
import Media

@testable import Scan

/// A folder that goes away with its owner.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "unmask-scan-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let target = file(name)
    try FileManager.default.createDirectory(
      atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: target, atomically: true, encoding: .utf8)
    return target
  }
}

/// A generator with a seed, so that a failure can be had again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension LedgerModel {
  static func example(temperature: Double = 1, bias: Double = 0) -> LedgerModel {
    LedgerModel(
      name: "example", version: "1", sha256: String(repeating: "a", count: 64), rule: FrameRule(threshold: 0.5),
      calibration: ScoreCalibration(temperature: temperature, bias: bias), cropScale: 1.3, inputSize: 256,
      areaLevels: [0.1, 0.5, 0.9], figures: nil, training: nil, licence: "none")
  }
}

extension Judgement {
  static func example(threshold: Float = 0.5) -> Judgement { Judgement(threshold: threshold, votes: VoteRule()) }
}

/// Ballots of people who come and go, as an analysis would tell them.
struct Footage {
  var frames: [FrameBallots] = []

  init(seed: UInt64, frames count: Int = 120) {
    var luck = SeededGenerator(seed: seed)
    var present: Set<Int> = []
    var next = 1
    for number in 0..<count {
      let ended = present.filter { _ in Int.random(in: 0..<20, using: &luck) == 0 }.sorted()
      present.subtract(ended)
      if present.count < 3, Int.random(in: 0..<8, using: &luck) == 0 {
        present.insert(next)
        next += 1
      }
      let people = present.shuffled(using: &luck).map { track in
        FrameBallots.Person(track: track, vote: Self.vote(track, &luck), survey: nil)
      }
      frames.append(FrameBallots(time: Double(number) / 3, people: people, ended: ended))
    }
  }

  private static func vote(_ track: Int, _ luck: inout SeededGenerator) -> Ballot.Vote {
    if Int.random(in: 0..<6, using: &luck) == 0 { return .abstained }
    let score = Float.random(in: track.isMultiple(of: 2) ? 0.3...1 : 0...0.7, using: &luck)
    return .cast(
      Evidence(
        finding: MaskFinding(score: score, area: 0),
        box: Rectangle(x: Double.random(in: 0...600, using: &luck), y: 20.25, width: 80.5, height: 100),
        picture: PixelSize(width: 640, height: 480)))
  }

  /// What the ledger would keep of it.
  var ballots: [LedgerBallot] {
    frames.enumerated().flatMap { frame, ballots in
      ballots.people.enumerated().map { place, person in
        var face: LedgerFace?
        if case .cast(let evidence) = person.vote {
          face = LedgerFace(
            score: evidence.finding.score, box: evidence.box, picture: evidence.picture, areas: [0.5, 0.25, 0])
        }
        return LedgerBallot(frame: frame, place: place, track: person.track, time: ballots.time, face: face)
      }
    }
  }

  var endings: [Int: Int] {
    Dictionary(
      frames.enumerated().flatMap { frame, ballots in ballots.ended.map { ($0, frame) } }, uniquingKeysWith: { $1 })
  }
}

/// A ledger with one run, for tests that fill it.
struct Book {
  let ledger: Ledger
  let terms: LedgerTerms
  let run: LedgerRun.ID
  let model = LedgerModel.example()

  init(_ ledger: Ledger, ulid: String = "RUN1", request: String = "{}", threshold: Float = 0.5) throws {
    self.ledger = ledger
    terms = try ledger.terms(model: model, settings: #"{"fps":3}"#, judgement: .example(threshold: threshold))
    run = try ledger.beginRun(ulid: ulid, program: "0.1.0", request: request, shard: nil, terms: terms)
  }

  /// Keeps footage as the content of a file, and tells of it.
  @discardableResult
  func keep(
    _ footage: Footage, sha256: String, at path: String, place: Int, sequence: ClosedRange<Int64>
  ) throws -> LedgerScan.ID {
    var scan = FinishedScan()
    scan.ballots = footage.ballots
    scan.endings = footage.endings
    scan.counters.decoded = footage.frames.count
    scan.pictures = [
      KeyPicture(
        track: 1, time: 1, score: 0.7, area: Rectangle(x: 1, y: 2, width: 3, height: 4), picture: [1, 2, 3],
        mask: [4, 5])
    ]
    let judged = JudgedScan(
      scan.ballots, endings: scan.endings, isStill: false, by: terms.judgement, of: model)
    let id = try ledger.keep(scan, of: (sha256, 1000), path: path, judged: judged, under: terms, by: run)
    let known = KnownFile(bytes: 1000, modified: 7, device: 1, inode: Int64(place), sha256: sha256)
    let item = LedgerItem(path: path, absolute: "/archive/" + path, known: known, scan: id)
    try ledger.keep([ToldItem(item: item, place: place, sequence: sequence)], of: run, behind: sequence.lowerBound - 1)
    return id
  }
}
