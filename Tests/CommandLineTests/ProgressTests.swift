import Foundation
import Testing

@Suite("unmask scan --progress")
struct ProgressTests {
  private func run(
    _ terminal: PseudoTerminal, _ options: [String] = [], environment: [String: String] = [:], also: () -> Void = {}
  ) throws -> Program.Result {
    let clip = try Program.cached("media/demo.mp4")
    let running = try Program.Running(
      ["scan", "--no-ledger", "--fps", "10", "--exit-zero"] + options + [clip],
      environment: ["TERM": "xterm-256color", "NO_COLOR": ""].merging(environment) { $1 },
      standardError: terminal.slave)
    also()
    let result = try running.wait(limit: 120)
    try terminal.finish()
    return result
  }

  @Test("draws the whole and each file on a terminal, and leaves one line")
  func drawing() throws {
    let terminal = try PseudoTerminal(columns: 100, rows: 24)
    let result = try run(terminal, ["--threshold", "0"])
    #expect(result.records.last?.action == "service.stop")
    let text = terminal.text
    #expect(text.contains("0 of 1 files"))
    #expect(text.contains("░"))
    #expect(text.contains("demo.mp4"))
    // What was drawn is taken away before the last line is written.
    let last = try #require(text.components(separatedBy: "A").last)
    #expect(last.hasPrefix("1 file · 5.97 MB · "))
    #expect(last.contains("\u{1B}[1;31m1 manipulated"))
  }

  @Test("writes no colours where NO_COLOR asks for none")
  func noColour() throws {
    let terminal = try PseudoTerminal(columns: 100, rows: 24)
    _ = try run(terminal, ["--threshold", "0"], environment: ["NO_COLOR": "1"])
    #expect(terminal.text.contains("1 manipulated"))
    #expect(!terminal.text.contains(/\u{1B}\[[0-9;]*m/))
  }

  @Test("keeps to a window that is narrow, and to one that is made narrower on the way")
  func resized() throws {
    let terminal = try PseudoTerminal(columns: 90, rows: 24)
    _ = try run(terminal) {
      let end = Date(timeIntervalSinceNow: 60)
      while !terminal.text.contains("demo.mp4"), Date() < end { Thread.sleep(forTimeInterval: 0.02) }
      terminal.resize(columns: 30, rows: 3)
    }
    let widths = terminal.text.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "").split(separator: "\r\n").map { line in
      line.count { $0 != "\r" }
    }
    #expect(widths.contains { $0 > 30 })
    #expect(widths.last! < 30)
    // The way up counts the rows that the old lines were broken into.
    #expect(terminal.text.contains(/\r\u{1B}\[[3-9]A/))
  }

  @Test("is silent in pipes, on dumb terminals, and when told to be")
  func silence() throws {
    let picture = try Program.cached("media/astronaut.png")
    #expect(try Program.run("scan", "--no-ledger", "--exit-zero", picture).errors.isEmpty)
    for (options, environment) in [([String](), ["TERM": "dumb"]), (["--progress", "none"], [:])] {
      let terminal = try PseudoTerminal(columns: 80, rows: 24)
      _ = try run(terminal, options, environment: environment)
      #expect(terminal.text.isEmpty)
    }
  }

  @Test("tells programs each second where it stands, and at the end that it is over")
  func json() throws {
    let clip = try Program.cached("media/demo.mp4")
    let result = try Program.run("scan", "--no-ledger", "--exit-zero", "--progress", "json", clip)
    let lines = Program.records(in: result.errors)
    #expect(lines.count == result.complaints.count)
    let last = try #require(lines.last)
    #expect(last["over"] as? Bool == true && last.number("files.done") == 1 && last.number("files.found") == 1)
    #expect(last.number("bytes.done") == 5_967_329)
    #expect(last.number("media_seconds") ?? 0 > 20)
    #expect(lines.dropLast().allSatisfy { $0["over"] as? Bool == false })
    try expectValid(result.output)
  }
}
