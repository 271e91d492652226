import Foundation
import Testing

@Suite("unmask scan")
struct ScanTests {
  @Test("says of the demonstration clip when which person was judged how, in valid records")
  func demonstration() throws {
    let clip = try Program.cached("media/demo.mp4")
    let result = try Program.run("scan", clip)
    try expectValid(result.output)
    let records = result.records
    #expect(records.first?.action == "service.start")
    #expect(records.map(\.action).suffix(2) == ["scan.summary", "service.stop"])
    let verdicts = records.filter { $0.action == "verdict.end" }
    let file = try #require(records.first { $0.action == "scan.file" })
    expectBalance(file)
    #expect(result.errors.isEmpty)
    // The file's verdict is that of its people: its score the highest, and its exit status told by its label.
    let judged = verdicts.filter { $0.text("event.reason") != "too_few_ballots" }
    let scores = judged.compactMap { $0.number("unmask.verdict.score") }
    #expect(file.number("unmask.verdict.score") == scores.max())
    #expect(result.status == (file.text("unmask.verdict.label") == "fake" ? 1 : 0))
    // The file's own record lists what each person's says.
    let segments = try #require(file.at("unmask.segments") as? [[String: Any]])
    func told(_ record: [String: Any], _ media: String, _ track: String, _ verdict: String) -> [String] {
      [
        "\(record.number(media + "start") ?? -1)", "\(record.number(media + "end") ?? -1)",
        "\(record.number(track) ?? -1)", record.text(verdict + "label") ?? "",
        "\(record.number(verdict + "score") ?? -1)",
      ]
    }
    let listed = segments.map { told($0, "", "track", "").joined() }.sorted()
    let ended = verdicts.map { told($0, "unmask.media.", "unmask.face.track", "unmask.verdict.").joined() }.sorted()
    #expect(listed == ended)
    let starts = segments.compactMap { $0.number("start") }
    #expect(starts == starts.sorted())
    // Every stretch of the truth that shows a face is covered by a verdict, and the one without a face by none.
    for stretch in try truth() {
      let covering = verdicts.filter { verdict in
        let start = verdict.number("unmask.media.start") ?? 0
        let end = verdict.number("unmask.media.end") ?? 0
        return min(end, stretch.end) - max(start, stretch.start) > 0.5
      }
      if stretch.label == "no_face" {
        #expect(covering.isEmpty, "\(stretch)")
      } else {
        #expect(!covering.isEmpty, "\(stretch)")
      }
      if stretch.label == "two_faces" {
        #expect(Set(covering.compactMap { $0.number("unmask.face.track") }).count >= 2, "\(stretch)")
      }
    }
  }

  @Test("finds when the manipulation in the demonstration clip begins and ends, to one sampled frame")
  func precision() throws {
    let result = try Program.run("scan", "--no-ledger", "--fps", "3", try Program.cached("media/demo.mp4"))
    let found = result.records.filter { $0.action == "verdict.end" && $0.text("unmask.verdict.label") == "fake" }
    let manipulated = try truth().filter { $0.label == "fake" }
    #expect(found.count == manipulated.count)
    for (verdict, stretch) in zip(found, manipulated) {
      let start = try #require(verdict.number("unmask.media.start"))
      let end = try #require(verdict.number("unmask.media.end"))
      // Sampled frames are those nearest to thirds of a second, half of a frame's time off at most.
      let interval = 1.0 / 3 + 0.02
      #expect(abs(start - stretch.start) <= interval)
      #expect(abs(end - stretch.end) <= interval)
    }
  }

  private struct Stretch: Decodable {
    let start, end: Double
    let label: String
  }

  private func truth() throws -> [Stretch] {
    struct Truth: Decodable { let stretches: [Stretch] }
    let data = try Data(contentsOf: URL(fileURLWithPath: Program.cached("media/demo.truth.json")))
    return try JSONDecoder().decode(Truth.self, from: data).stretches
  }

  @Test("gives a still image's one face its verdict, in pixels of the picture")
  func still() throws {
    let picture = try Program.cached("media/astronaut.png")
    // Whether the model knows enough of this face to call it real is another question.
    let result = try Program.run("scan", "--clearance", "1", picture)
    try expectValid(result.output)
    let verdicts = result.records.filter { $0.action == "verdict.end" }
    #expect(verdicts.count == 1)
    let box = try #require(verdicts.first?.at("unmask.face.box") as? [NSNumber]).map(\.doubleValue)
    for (value, expected) in zip(box, [179.0, 63, 86, 110]) { #expect(abs(value - expected) <= 8) }
    #expect(["fake", "real"].contains(verdicts.first?.text("unmask.verdict.label")))
  }

  @Test("tells of each bad input in one sentence, exits with 3, and does the rest of the batch")
  func badInputs() throws {
    let folder = try Scratch()
    let good = try Program.cached("media/astronaut.png")
    let clip = try Data(contentsOf: URL(fileURLWithPath: Program.cached("media/demo.mp4")))
    let bad = [
      folder.file("missing.mp4"),
      try folder.write(Data("a text, not a video\n".utf8), to: "text.mp4"),
      try folder.write(Data(), to: "empty.mp4"),
      try folder.write(clip.prefix(clip.count / 2), to: "cut.mp4"),
    ]
    try FileManager.default.createDirectory(atPath: folder.file("nothing"), withIntermediateDirectories: false)
    let result = try Program.run(["scan", "--jobs", "1"] + bad + [folder.file("nothing"), good])
    try expectValid(result.output)
    #expect(result.status == 3)
    #expect(result.complaints.count == 5, "\(result.errors)")
    for name in ["missing.mp4", "text.mp4", "empty.mp4", "cut.mp4", "nothing"] {
      #expect(result.complaints.count { $0.contains(name) } == 1, "\(name): \(result.errors)")
      let record = try #require(
        result.records.first { $0.action == "scan.file" && $0.text("unmask.file.path")?.hasSuffix(name) == true })
      #expect(record.text("error.code") != nil)
    }
    let done = try #require(result.records.first { $0.text("unmask.file.path") == good && $0.action == "scan.file" })
    #expect(done.at("error") == nil)
    let summary = try #require(result.records.first { $0.action == "scan.summary" })
    #expect(summary.number("unmask.summary.files") == 6)
    #expect(summary.number("unmask.summary.failed") == 5)
  }

  @Test("walks folders in a stable order, and leaves out what is no video or picture")
  func folders() throws {
    let folder = try Scratch()
    let picture = try Data(contentsOf: URL(fileURLWithPath: Program.cached("media/astronaut.png")))
    try FileManager.default.createDirectory(atPath: folder.file("b/.hidden"), withIntermediateDirectories: true)
    for name in ["z.png", "b/a.PNG", "b/.hidden/x.png", ".y.png"] { try folder.write(picture, to: name) }
    try folder.write(Data("notes".utf8), to: "notes.txt")
    let result = try Program.run("scan", "--jobs", "1", folder.path)
    let paths = result.records.filter { $0.action == "scan.file" }.compactMap { $0.text("unmask.file.path") }
    #expect(paths == ["b/a.PNG", "z.png"].map(folder.file))
  }

  @Test("writes records to a file when told to, and nothing to standard output")
  func outputFile() throws {
    let folder = try Scratch()
    let picture = try Program.cached("media/astronaut.png")
    for _ in 0..<2 {
      let result = try Program.run("scan", "--exit-zero", "--output", folder.file("records.jsonl"), picture)
      #expect(result.output.isEmpty)
      #expect(result.status == 0)
    }
    let text = folder.text("records.jsonl")
    try expectValid(text)
    #expect(Program.records(in: text).count { $0.action == "service.start" } == 2)
  }

  @Test("obeys the clearance: at 0 an honest face is undecided, at 1 it is real")
  func clearance() throws {
    let picture = try Program.cached("media/astronaut.png")
    for (clearance, label, reason) in [("0", "inconclusive", "not_cleared"), ("1", "real", "majority")] {
      let scan = try Program.run("scan", "--threshold", "0.999", "--clearance", clearance, picture)
      #expect(scan.status == 0)
      for action in ["verdict.end", "scan.file"] {
        let record = try #require(scan.records.first { $0.action == action })
        #expect(record.text("unmask.verdict.label") == label)
        #expect(record.text("unmask.verdict.reason") == reason)
        #expect(record.number("unmask.verdict.clearance") == (clearance == "0" ? 0 : nil))
      }
    }
    let refused = try Program.run("scan", "--clearance", "1.5", picture)
    #expect(refused.status == 2 && refused.errors.contains("--clearance 1.5"))
  }

  @Test("obeys the threshold: at 0 a face is manipulated and the exit status 1, at 1 it is not")
  func threshold() throws {
    let picture = try Program.cached("media/astronaut.png")
    let lax = try Program.run("scan", "--threshold", "0", picture)
    #expect(lax.status == 1)
    #expect(try Program.run("scan", "--threshold", "0", "--exit-zero", picture).status == 0)
    #expect(try Program.run("scan", "--threshold", "1", picture).status == 0)
    let alert = try #require(lax.records.first { $0.action == "verdict.end" })
    #expect(alert.text("event.kind") == "alert")
    #expect(alert.text("unmask.verdict.label") == "fake")
  }

  @Test("ends on SIGINT and SIGTERM with every record out", arguments: [SIGINT, SIGTERM])
  func signals(number: Int32) throws {
    let clip = try Program.cached("media/demo.mp4")
    let running = try Program.Running(
      ["scan", "--every-frame", "--threads", "1", "--jobs", "1"] + Array(repeating: clip, count: 50))
    try running.wait { !$0.isEmpty }
    Thread.sleep(forTimeInterval: 0.5)
    running.signal(number)
    let result = try running.wait(limit: 20)
    #expect(result.status == 130)
    try expectValid(result.output)
    #expect(result.records.map(\.action).suffix(2) == ["scan.summary", "service.stop"])
    #expect(result.records.last?.text("event.reason") == "interrupted")
    for file in result.records where file.action == "scan.file" && file.at("unmask.counters") != nil {
      expectBalance(file)
    }
  }

  @Test("says so when records can no longer be written")
  func fullDisk() throws {
    let picture = try Program.cached("media/astronaut.png")
    let result = try Program.run("scan", "--output", "/dev/full", picture)
    #expect(result.status == 2)
    #expect(result.errors.contains("/dev/full"))
  }
}
