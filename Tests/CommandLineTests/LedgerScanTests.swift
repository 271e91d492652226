import Foundation
import Testing

@Suite("unmask scan with a ledger")
struct LedgerScanTests {
  /// The records of files and people, without times and identities.
  private func told(_ result: Program.Result) -> [String] {
    result.records.filter { $0.action == "verdict.end" || $0.action == "scan.file" }.map { record in
      let parts = ["message", "event.action", "event.reason", "unmask.file.path", "unmask.file.sha256"].map {
        record.text($0) ?? ""
      }
      let numbers = ["unmask.verdict.score", "unmask.media.start", "unmask.media.end", "unmask.face.mask_area"].map {
        record.number($0).map { "\($0)" } ?? ""
      }
      return (parts + numbers).joined(separator: " | ")
    }
  }

  private func archive() throws -> Scratch {
    let folder = try Scratch()
    let picture = try Data(contentsOf: URL(fileURLWithPath: Program.cached("media/astronaut.png")))
    let clip = try Data(contentsOf: URL(fileURLWithPath: Program.cached("media/clip.mp4")))
    try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: true)
    try folder.write(picture, to: "in/a.png")
    try folder.write(clip, to: "in/b.mp4")
    try folder.write(clip.prefix(clip.count / 2), to: "in/cut.mp4")
    return folder
  }

  private func scan(_ folder: Scratch, _ options: String...) throws -> Program.Result {
    try Program.run(["scan", "--ledger", folder.file("ledger")] + options + [folder.file("in")])
  }

  @Test("tells of known files at once and in the same words, and knows a file that was moved or copied")
  func cached() throws {
    let folder = try archive()
    let first = try scan(folder)
    try expectValid(first.output)
    #expect(first.status == 3)
    #expect(first.records.allSatisfy { $0.at("unmask.cached") == nil })
    let second = try scan(folder)
    try expectValid(second.output)
    #expect(told(second) == told(first))
    #expect(second.status == 3)
    #expect(second.records.filter { $0.action == "scan.file" }.allSatisfy { $0.at("unmask.cached") as? Bool == true })
    try FileManager.default.moveItem(atPath: folder.file("in/b.mp4"), toPath: folder.file("in/moved.mp4"))
    try FileManager.default.copyItem(atPath: folder.file("in/a.png"), toPath: folder.file("in/copy.png"))
    let third = try scan(folder)
    let files = third.records.filter { $0.action == "scan.file" }
    #expect(
      files.compactMap { $0.text("unmask.file.path") }.map { ($0 as NSString).lastPathComponent }
        == ["a.png", "copy.png", "cut.mp4", "moved.mp4"])
    #expect(files.allSatisfy { $0.at("unmask.cached") as? Bool == true })
    #expect(third.errors.contains("cut.mp4"))
  }

  @Test("answers another threshold and another clearance from what is kept, as a scan from the beginning would")
  func threshold() throws {
    let folder = try archive()
    _ = try scan(folder)
    for (threshold, clearance) in [("0.05", "1"), ("0.5", "0.01"), ("0.99", "0.2"), ("0.99", "1")] {
      let options = ["--threshold", threshold, "--clearance", clearance]
      let known = try Program.run(["scan"] + options + ["--ledger", folder.file("ledger"), folder.file("in")])
      let fresh = try Program.run(["scan"] + options + ["--no-ledger", folder.file("in")])
      func plain(_ lines: [String]) -> [String] { lines.map { String($0[..<$0.lastIndex(of: "|")!]) } }
      // The mask's area is told from levels that are kept, and may lie a little beside.
      #expect(plain(told(known)) == plain(told(fresh)), "\(options)")
      #expect(known.records.filter { $0.action == "scan.file" }.allSatisfy { $0.at("unmask.cached") as? Bool == true })
    }
  }

  @Test("looks again at what another sampling would show otherwise, and keeps both")
  func sampling() throws {
    let folder = try archive()
    _ = try scan(folder)
    let thorough = try scan(folder, "--thorough")
    #expect(thorough.records.allSatisfy { $0.at("unmask.cached") == nil })
    let again = try scan(folder)
    #expect(again.records.contains { $0.at("unmask.cached") != nil })
  }

  @Test("looks at key frames alone with --quick where they show nothing")
  func quick() throws {
    let folder = try archive()
    let quick = try scan(folder, "--quick", "--threshold", "1")
    try expectValid(quick.output)
    let clip = try #require(
      quick.records.first { $0.action == "scan.file" && $0.text("unmask.file.path")?.hasSuffix("b.mp4") == true })
    #expect(clip.number("unmask.counters.decoded") == 5)
    let closer = try scan(folder, "--quick", "--threshold", "0")
    let again = try #require(
      closer.records.first { $0.action == "scan.file" && $0.text("unmask.file.path")?.hasSuffix("b.mp4") == true })
    try expectValid(closer.output)
    #expect(again.number("unmask.counters.decoded") ?? 0 >= 5)
  }

  @Test("shares the files out among machines, each to one")
  func shards() throws {
    let folder = try archive()
    let picture = try Data(contentsOf: URL(fileURLWithPath: folder.file("in/a.png")))
    for number in 0..<6 { try folder.write(picture, to: "in/\(number).png") }
    var paths: [String] = []
    for shard in 1...3 {
      let result = try Program.run(
        "scan", "--ledger", folder.file("ledger-\(shard)"), "--shard", "\(shard)/3", folder.file("in"))
      paths += result.records.filter { $0.action == "scan.file" }.compactMap { $0.text("unmask.file.path") }
    }
    let names = ["0.png", "1.png", "2.png", "3.png", "4.png", "5.png", "a.png", "b.mp4", "cut.mp4"]
    #expect(paths.sorted() == names.map { folder.file("in/" + $0) })
  }

  @Test("reads paths from a list, and passes over what does not fit")
  func selection() throws {
    let folder = try archive()
    let paths = ["in/a.png", "in/b.mp4"].map { folder.file($0) + "\0" }.joined()
    let list = try folder.write(Data(paths.utf8), to: "list")
    let result = try Program.run("scan", "--no-ledger", "--files-from", list, "-0", "--min-duration", "60")
    #expect(
      result.records.filter { $0.action == "scan.file" }.compactMap { $0.text("unmask.file.path") }
        == [folder.file("in/a.png")])
    let none = try Program.run(
      "scan", "--no-ledger", "--since", "2099-01-01", folder.file("in"))
    #expect(none.records.filter { $0.action == "scan.file" }.isEmpty)
    #expect(none.status == 0)
  }

  @Test("takes names that are no UTF-8, from folders, lists, sequences and the command line, and tells them apart")
  func names() throws {
    let folder = try archive()
    // What Foundation cannot name, the shell can.
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = [
      "-c",
      #"""
      cd "$0"/in && rm cut.mp4 b.mp4 && mv a.png "$(printf 'caf\351.png')" && cp caf*.png "$(printf 'caf\350.png')"
      export XDG_STATE_HOME="$0"
      "$1" scan --no-ledger --exit-zero . >../folder
      printf 'caf\351.png\n' | "$1" scan --no-ledger --exit-zero --files-from - >../list
      "$1" scan --no-ledger --exit-zero "$(printf 'caf\351.png')" >../argument
      mkdir "$(printf '../s\351')" && cp caf*.png "$(printf '../s\351')" && cd "$(printf '../s\351')"
      mv "$(printf 'caf\351.png')" img1.png && cd .. && "$1" scan --no-ledger --exit-zero "$(printf 's\351/img%%d.png')" >sequence
      """#, folder.path, Program.path,
    ]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    func paths(_ name: String) throws -> [String?] {
      let text = folder.text(name)
      try expectValid(text)
      return Program.records(in: text).filter { $0.action == "scan.file" }.map { record in
        #expect(record.at("error") == nil && record.number("unmask.counters.faces") == 1)
        return record.text("unmask.file.path").map { String($0.split(separator: "/").last ?? "") }
      }
    }
    #expect(try paths("folder") == ["caf\u{10FFE8}.png", "caf\u{10FFE9}.png"])
    #expect(try paths("list") == ["caf\u{10FFE9}.png"])
    #expect(try paths("argument") == ["caf\u{10FFE9}.png"])
    #expect(try paths("sequence") == ["img%d.png"])
  }

  @Test("refuses a ledger that is none, in one sentence, before anything is scanned")
  func refused() throws {
    let folder = try archive()
    let text = try folder.write(Data(String(repeating: "a text ", count: 40).utf8), to: "text")
    let result = try Program.run("scan", "--ledger", text, folder.file("in"))
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.complaints.count == 1)
    #expect(result.errors.contains(text))
  }

  @Test("killed at random moments and resumed, tells exactly what an undisturbed run tells")
  func killed() throws {
    let (status, output) = try Python.run(
      "Tests/Soak/resume_scan.py",
      [Program.path, Program.cached("media/astronaut.png"), "--files", "16", "--kills", "3", "--seed", "7"], input: "")
    #expect(status == 0, "\(output)")
  }

  @Test("ends orderly when stopped, and goes on where it was when resumed", arguments: [SIGINT, SIGTERM])
  func stopped(number: Int32) throws {
    let folder = try Scratch()
    let clip = try Data(contentsOf: URL(fileURLWithPath: Program.cached("media/clip.mp4")))
    try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: true)
    for number in 0..<6 {
      // Each another content: what stands behind a file's end does not count.
      try folder.write(clip + Data([UInt8(number)]), to: "in/\(number + 10).ts")
    }
    let arguments = [
      "scan", "--ledger", folder.file("ledger"), "--output", folder.file("out"), "--jobs", "1", "--fps", "10",
      folder.file("in"), "--resume",
    ]
    let running = try Program.Running(arguments)
    let end = Date(timeIntervalSinceNow: 60)
    while !folder.text("out").contains("scan.file"), Date() < end { Thread.sleep(forTimeInterval: 0.02) }
    running.signal(number)
    #expect(try running.wait(limit: 60).status == 130)
    _ = try Program.run(arguments)
    let records = Program.records(in: folder.text("out"))
    try expectValid(folder.text("out"))
    let paths = records.filter { $0.action == "scan.file" }.compactMap { $0.text("unmask.file.path") }
    #expect(paths == (10..<16).map { folder.file("in/\($0).ts") })
    #expect(Set(records.compactMap { $0.text("unmask.run_id") }).count == 1)
    let sequence = records.compactMap { $0.number("event.sequence") }
    #expect(sequence == (1...records.count).map(Double.init))
    #expect(records.last { $0.action == "scan.summary" }?.number("unmask.summary.files") == 6)
  }
}
