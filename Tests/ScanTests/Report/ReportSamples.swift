import Forensics
import Foundation
import Media
import Testing

@testable import Scan

/// Made-up results for reports.
struct ReportSamples: ReportSource {
  let files: [ReportFile]

  func items() throws -> [ReportItem] { files.map(\.item) }
  func file(of item: ReportItem) throws -> ReportFile {
    try #require(files.first { $0.item.identity == item.identity })
  }

  /// Names that try to break out of wherever they are put.
  static let hostileNames = [
    "<script>window.pwned = 1</script>.mp4",
    "\"><img src=x onerror=\"window.pwned=1\">.mp4",
    "' onmouseover='window.pwned=1' x='.mp4",
    "</style></script><svg onload=window.pwned=1>.mp4",
    "&lt;b&gt; &amp; ]]> --> {{7*7}} ${7*7} %3Cscript%3E.mp4",
    "line\nbreak\ttab\u{0}null\u{1B}[31m.mp4",
    "gpj.\u{202E}4pm\u{200B}\u{2066}.mp4",
    "-rf.mp4", "..", "données 動画 🎬.mp4", "it's $(here) `there`.mp4", String(repeating: "n", count: 255),
  ]

  static let analysis = ReportAnalysis(
    version: "0.0.0", model: .init(name: "sample", version: "1", sha256: String(repeating: "ab", count: 32)),
    figures: "AUROC .7 & <less>", training: nil, licence: nil, isCalibrated: false,
    faceModels: [String(repeating: "cd", count: 32)], rule: FrameRule(threshold: 0.5, minimumComponent: 20),
    maskRule: FrameRule(threshold: 0.5, minimumComponent: 20), maskSide: 32, votes: VoteRule(),
    settings: [("fps", "3"), ("min-face", "8%"), ("threshold", "0.5")])

  /// One manipulated person for a third of the time, one who is not, and pictures of both.
  static func film(named name: String, ballots: Int = 72) throws -> ReportFile {
    var item = ReportItem(identity: name, fingerprint: "f0", path: "/archive/" + name)
    item.sha256 = String(repeating: "12", count: 32)
    item.bytes = 5_967_329
    item.modified = 1_767_312_000
    item.duration = Double(ballots) / 3
    item.analysed = "2026-01-02T03:04:05.678Z"
    item.assessment = Assessment(label: .fake, reason: .majority)
    item.score = 0.93
    item.findings = [.init(start: Double(ballots) / 9, end: Double(ballots) / 4.5)]
    item.failure = .init(code: "damaged", message: "\(name): the file ends early <here>")
    var people = try [1, 2].map { track in
      ReportPerson(
        track: track,
        ballots: (0..<ballots).map { index in
          let isFake = track == 1 && index >= ballots / 3 && index < ballots * 2 / 3
          let wave = Float(abs(sin(Double(index + track))))
          return ReportBallot(
            time: Double(index) / 3, score: index % 11 == 7 ? nil : isFake ? 0.75 + 0.2 * wave : 0.35 * wave)
        },
        stretches: [], pictures: [try picture(at: Double(ballots) / 6, score: track == 1 ? 0.93 : 0.2)])
    }
    people[0].stretches = [
      stretch(.real, from: 0, to: Double(ballots) / 9 - 0.3), stretch(.fake, from: Double(ballots) / 9, to: 16),
    ]
    people[1].stretches = [stretch(.real, from: 0, to: Double(ballots) / 3)]
    return ReportFile(
      item: item, picture: PixelSize(width: 1280, height: 720), format: "mp4, h264",
      counters: [("Frames analysed", ballots)], copies: ["/copies/" + name], people: people, analysis: analysis)
  }

  private static func stretch(_ label: Label, from start: Double, to end: Double) -> ReportStretch {
    ReportStretch(
      start: start, end: end, assessment: Assessment(label: label, reason: .majority),
      score: label == .fake ? 0.93 : 0.2, tally: Tally(fake: label == .fake ? 20 : 1, real: 4, abstained: 2))
  }

  private static func picture(at time: Double, score: Float) throws -> ReportPicture {
    var face = Picture(size: PixelSize(width: 64, height: 64), filledWith: SIMD3(200, 160, 130))
    var mask = Picture(size: PixelSize(width: 64, height: 64))
    for y in 20..<44 {
      for x in 16..<48 {
        face[x, y] = SIMD3(120, 90, 70)
        if score > 0.5 { mask[x, y] = SIMD3(repeating: UInt8(160 + 2 * x)) }
      }
    }
    return ReportPicture(
      time: time, score: score, face: try face.encoded(as: .jpeg(quality: 80)), mask: try mask.encoded(as: .png))
  }

  /// As many results as an archive has, with few facts each.
  static func archive(of count: Int) -> ReportSamples {
    let labels: [Label?] = [.real, .noFace, .real, .fake, .inconclusive, nil, .real]
    let files = (0..<count).map { index in
      var item = ReportItem(
        identity: "\(index)", fingerprint: "f\(index)", path: "/archive/\(index % 40)/clip \(index).mp4")
      let label = labels[index * index % labels.count]
      item.sha256 = SHA256.hexDigest(of: Array("\(index)".utf8))
      item.bytes = 1000 + index * 7919 % 90_000_000
      item.modified = 1_700_000_000 + Double(index * 104_729 % 60_000_000)
      if let label {
        item.duration = Double(index * 37 % 5000)
        item.assessment = Assessment(label: label, reason: label == .noFace ? .noFace : .majority)
        if label != .noFace { item.score = Float(index * 613 % 1000) / 1000 }
        if label == .fake { item.findings = [.init(start: 1, end: Double(index % 50) + 2)] }
      } else {
        item.failure = .init(code: "damaged", message: "clip \(index).mp4: no stream of video was found in it")
      }
      return ReportFile(item: item, analysis: analysis)
    }
    return ReportSamples(files: files)
  }
}

/// A folder that goes away with its owner.
final class ReportPlace {
  let path = NSTemporaryDirectory() + "unmask-report-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  var report: String { path + "/report" }

  /// Every page, the index first.
  var pages: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: report + "/files")) ?? []
    return [report + "/index.html"] + names.sorted().map { report + "/files/" + $0 }
  }

  func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  /// Runs one of the scripts in `Tests/Support` with Debian's own Python; what it printed.
  func python(_ script: String, _ arguments: [String]) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let output = path + "/output"
    try Data().write(to: URL(fileURLWithPath: output))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [root + "/Support/" + script] + arguments
    let handle = try #require(FileHandle(forWritingAtPath: output))
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    let text = try text(output)
    #expect(process.terminationStatus == 0, "\(text)")
    return text
  }
}
