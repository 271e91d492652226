import Foundation
import Testing

@Suite("unmask scan within limits")
struct LimitTests {
  private func file(_ result: Program.Result) throws -> [String: Any] {
    try expectValid(result.output)
    let record = try #require(result.records.first { $0.action == "scan.file" }, "\(result.errors)")
    if record.at("unmask.counters") != nil { expectBalance(record) }
    return record
  }

  @Test("leaves a file after so many frames, keeps what they showed, and does not call the rest sound")
  func frames() throws {
    let clip = try Program.cached("media/demo.mp4")
    let part = try Program.run("scan", "--no-ledger", "--max-frames-per-file", "100", clip)
    #expect(part.status == 3 && part.complaints.count == 1)
    let record = try file(part)
    #expect(record.text("error.code") == "frame_limit")
    #expect(record.number("unmask.counters.decoded") == 100)
    #expect(record.text("unmask.verdict.label") == "inconclusive")
    #expect(record.text("event.reason") == "cut_short")
    #expect(record.at("unmask.segments") != nil)
    // A finding in the part that was looked at stands.
    let found = try Program.run("scan", "--no-ledger", "--max-frames-per-file", "100", "--threshold", "0", clip)
    #expect(try file(found).text("unmask.verdict.label") == "fake")
    #expect(found.status == 3)
  }

  @Test("leaves a file when its time is over, its analysis included, and goes on with the next")
  func time() throws {
    let clip = try Program.cached("media/demo.mp4")
    let picture = try Program.cached("media/astronaut.png")
    let result = try Program.run(
      "scan", "--no-ledger", "--thorough", "--threads", "1", "--max-seconds-per-file", "1.5", clip, picture)
    let record = try file(result)
    #expect(record.text("error.code") == "time_limit")
    #expect(["inconclusive", "fake"].contains(record.text("unmask.verdict.label")))
    #expect(result.records.last { $0.action == "scan.file" }?.at("error") == nil)
    #expect(result.status == 3)
  }

  @Test("looks again at what a limit had stopped when the limit is gone, and only at that")
  func again() throws {
    let folder = try Scratch()
    let clip = try Program.cached("media/clip.mp4")
    let picture = try Program.cached("media/astronaut.png")
    let ledger = folder.file("ledger")
    let limited = try Program.run("scan", "--ledger", ledger, "--max-frames-per-file", "20", clip, picture)
    #expect(try file(limited).text("error.code") == "frame_limit")
    let free = try Program.run("scan", "--ledger", ledger, clip, picture)
    let records = free.records.filter { $0.action == "scan.file" }
    #expect(records[0].at("error") == nil && records[0].at("unmask.cached") == nil)
    #expect(records[1].at("unmask.cached") as? Bool == true)
  }

  @Test("leaves a picture to itself that decodes for longer than there is time, and does not wait for it")
  func abandoned() throws {
    let folder = try Scratch()
    let maker = Process()
    maker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    maker.arguments = [
      "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "color=black:size=7900x7900:rate=1",
      "-frames:v", "1", folder.file("huge.png"),
    ]
    try maker.run()
    maker.waitUntilExit()
    try #require(maker.terminationStatus == 0)
    let result = try Program.run(
      "scan", "--no-ledger", "--max-seconds-per-file", "0.001", folder.file("huge.png"))
    #expect(try file(result).text("error.code") == "time_limit")
    let refused = try Program.run("scan", "--no-ledger", "--max-pixels", "60000000", folder.file("huge.png"))
    #expect(try file(refused).text("error.code") == "too_large")
  }

  @Test("refuses a file with too many streams, and says which limit it is")
  func streams() throws {
    let folder = try Scratch()
    let maker = Process()
    maker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let clip = try Program.cached("media/clip.mp4")
    maker.arguments =
      ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", clip]
      + (0..<9).flatMap { _ in ["-map", "0:v"] } + ["-c", "copy", "-t", "1", folder.file("many.mkv")]
    try maker.run()
    maker.waitUntilExit()
    try #require(maker.terminationStatus == 0)
    let refused = try Program.run("scan", "--no-ledger", "--max-streams", "8", folder.file("many.mkv"))
    let record = try file(refused)
    #expect(record.text("error.code") == "too_large")
    #expect(record.text("error.message")?.contains("streams") == true)
    #expect(try Program.run("scan", "--no-ledger", "--exit-zero", folder.file("many.mkv")).status == 0)
  }

  @Test("survives files that are broken or lie, tells of each once, and keeps within its memory")
  func hostile() throws {
    let (status, output) = try Python.run(
      "Tests/Soak/hostile_files.py",
      [Program.path, Program.cached("media/astronaut.png"), "--files", "150", "--seed", "3"], input: "")
    #expect(status == 0, "\(output)")
  }
}
