import Foundation
import Testing

/// Long files, which workers without a file of their own help to decode.
@Suite("unmask scan of a long file")
struct SectionScanTests {
  /// Everything that is said of files and people, but for times of day and identities.
  private func told(_ result: Program.Result) throws -> [String] {
    try result.records.filter { $0.action == "verdict.end" || $0.action == "scan.file" }.map { record in
      let parts = try ["counters", "media", "verdict", "face", "error"].map { part in
        guard let value = record.at("unmask.\(part)") else { return part }
        return String(
          decoding: try JSONSerialization.data(withJSONObject: value, options: .sortedKeys), as: UTF8.self)
      }
      return ([record.text("message") ?? "", record.text("error.message") ?? ""] + parts).joined(separator: " | ")
    }
  }

  private func scan(jobs: Int, _ arguments: [String]) throws -> Program.Result {
    try Program.run(["scan", "--no-ledger", "--threads", "2", "--jobs", "\(jobs)", "--exit-zero"] + arguments)
  }

  @Test(
    "is told the same whether one worker decodes it or several do",
    arguments: ["long.mp4", "long.mkv", "long-open.mp4"], [["--fps", "2"], ["--quick", "--threshold", "0.3"]])
  func same(name: String, options: [String]) throws {
    let clip = try Program.cached("media/" + name)
    let alone = try scan(jobs: 1, options + [clip])
    try expectValid(alone.output)
    #expect(alone.status == 0)
    let people = alone.records.filter { $0.action == "verdict.end" }
    // The face stays in the picture from the first section to the last.
    #expect(people.contains { ($0.number("unmask.media.end") ?? 0) > 65 })
    #expect(people.contains { ($0.number("unmask.media.start") ?? 99) < 25 })
    #expect(try told(scan(jobs: 5, options + [clip])) == told(alone))
  }

  @Test("is told the same where it is damaged or cut short")
  func damaged() throws {
    let folder = try Scratch()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: Program.cached("media/long.mp4")))
    try folder.write(bytes.prefix(bytes.count * 7 / 10), to: "cut.mp4")
    for place in stride(from: 400_000, to: bytes.count, by: 150_001) { bytes[place] ^= 0x55 }
    try folder.write(bytes, to: "damaged.mp4")
    let alone = try scan(jobs: 1, ["--fps", "2", folder.path])
    try expectValid(alone.output)
    let files = alone.records.filter { $0.action == "scan.file" }
    #expect(files.count == 2)
    #expect(files[0].text("error.code") == "truncated")
    #expect((files[1].number("unmask.counters.corrupt") ?? 0) > 0)
    #expect(try told(scan(jobs: 5, ["--fps", "2", folder.path])) == told(alone))
  }

  @Test("ends orderly in the middle of its sections, on a signal and at a limit of time")
  func stopped() throws {
    let clip = try Program.cached("media/long.mp4")
    let running = try Program.Running(
      ["scan", "--no-ledger", "--every-frame", "--threads", "1", "--jobs", "4", clip])
    try running.wait { !$0.isEmpty }
    Thread.sleep(forTimeInterval: 1.5)
    running.signal(SIGTERM)
    let stopped = try running.wait(limit: 30)
    #expect(stopped.status == 130)
    try expectValid(stopped.output)
    #expect(stopped.records.map(\.action).suffix(2) == ["scan.summary", "service.stop"])
    let limited = try scan(jobs: 4, ["--every-frame", "--max-seconds-per-file", "1", clip])
    try expectValid(limited.output)
    let file = try #require(limited.records.first { $0.action == "scan.file" })
    #expect(file.text("error.code") == "time_limit")
    for file in stopped.records + limited.records where file.at("unmask.counters") != nil { expectBalance(file) }
  }
}
