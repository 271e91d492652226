import Foundation
import Testing

/// Where the records of `unmask watch` go, and what becomes of them when they cannot go there. Each picture that is
/// watched makes a handful of records, about 4 KB.
@Suite("The records of unmask watch", .serialized)
struct OutputTests {
  /// `F_SETPIPE_SZ`, which does not reach Swift.
  private let setPipeSize: Int32 = 1_031

  private func watch(_ pictures: Int, _ options: String...) throws -> [String] {
    let picture = try Program.cached("media/astronaut.png")
    return ["watch", "--exit-zero"] + options + Array(repeating: picture, count: pictures)
  }

  private func size(_ path: String) -> Int {
    ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int) ?? 0
  }

  private func sequences(_ text: String) -> [Int] {
    Program.records(in: text).compactMap { $0.number("event.sequence").map(Int.init) }
  }

  @Test("wait while a file may not grow, in mid-line, and are all there once it may")
  func fullDisk() throws {
    let folder = try Scratch()
    let file = folder.file("records.jsonl")
    let running = try Program.Running(
      try watch(4, "--output", file), through: ["/usr/bin/prlimit", "--fsize=5000:unlimited"])
    try running.wait(for: "the limit") { size(file) == 5_000 && running.errors.contains("File too large") }
    #expect(!folder.text("records.jsonl").hasSuffix("\n"))
    let prlimit = try Process.run(
      URL(fileURLWithPath: "/usr/bin/prlimit"),
      arguments: ["--pid", "\(running.processIdentifier)", "--fsize=unlimited:unlimited"])
    prlimit.waitUntilExit()
    let result = try running.wait(limit: 60)
    #expect(result.status == 0, "\(result.errors)")
    let text = folder.text("records.jsonl")
    try expectValid(text)
    #expect(sequences(text) == Array(1...sequences(text).count))
    #expect(Program.records(in: text).last?.action == "service.stop")
    #expect(result.complaints.contains { $0.contains("written again; none was lost") }, "\(result.errors)")
  }

  @Test("are valid again after a kill in the middle of a line: at most that one was lost, and the next run says so")
  func killed() throws {
    let folder = try Scratch()
    let file = folder.file("records.jsonl")
    for limit in [3_333, 9_999, 14_444] {
      let running = try Program.Running(
        try watch(4, "--output", file), through: ["/usr/bin/prlimit", "--fsize=\(limit)"])
      try running.wait(for: "the limit") { size(file) == limit }
      running.signal(SIGKILL)
      #expect(try running.wait(limit: 20).status == SIGKILL)
    }
    #expect(try Program.run(try watch(1, "--output", file)).status == 0)
    let text = folder.text("records.jsonl")
    try expectValid(text)
    let records = Program.records(in: text)
    #expect(records.count { $0.action == "service.start" } == 4)
    let repaired = records.filter { $0.action == "records.repaired" }
    // A limit may have fallen between two lines, or behind the first bytes of one.
    #expect((1...3).contains(repaired.count))
    let head = #"{"@timestamp":""#
    for text in repaired.compactMap({ $0.text("unmask.repair.text") }) {
      #expect(text.hasPrefix(head) || head.hasPrefix(text), "\(text)")
    }
  }

  @Test("wait for a reader that has fallen asleep, and lose nothing to it")
  func blockedReader() throws {
    let pipe = Pipe()
    #expect(fcntl(pipe.fileHandleForWriting.fileDescriptor, setPipeSize, 4_096) == 4_096)
    let running = try Program.Running(try watch(4), standardOutput: pipe.fileHandleForWriting)
    try pipe.fileHandleForWriting.close()
    var waiting: Int32 = 0
    try running.wait(for: "a full pipe") {
      _ = unsafe ioctl(pipe.fileHandleForReading.fileDescriptor, UInt(FIONREAD), &waiting)
      return waiting > 1_000
    }
    Thread.sleep(forTimeInterval: 1)
    let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(try running.wait(limit: 60).status == 0, "\(running.errors)")
    try expectValid(text)
    #expect(sequences(text) == Array(1...sequences(text).count))
    #expect(Program.records(in: text).last?.action == "service.stop")
  }

  @Test("are counted as lost, on standard error and by the exit status, when nobody reads until the end")
  func neverRead() throws {
    let pipe = Pipe()
    #expect(fcntl(pipe.fileHandleForWriting.fileDescriptor, setPipeSize, 4_096) == 4_096)
    let running = try Program.Running(try watch(3), standardOutput: pipe.fileHandleForWriting)
    let result = try running.wait(limit: 60)
    #expect(result.status == 2)
    #expect(result.complaints.contains { $0.contains("could not be written until the end") }, "\(result.errors)")
    withExtendedLifetime(pipe) {}
  }

  @Test("end the program when the pipe they go to is closed")
  func closedPipe() throws {
    let pipe = Pipe()
    let running = try Program.Running(
      ["watch", "rtsp://127.0.0.1:9/nobody"], standardOutput: pipe.fileHandleForWriting)
    try pipe.fileHandleForWriting.close()
    _ = pipe.fileHandleForReading.availableData
    try pipe.fileHandleForReading.close()
    let result = try running.wait(limit: 60)
    #expect(result.status == 2)
    #expect(result.errors.contains("Broken pipe"))
  }

  @Test("go to a new file at the size that the command line says, and none is lost on the way")
  func rotated() throws {
    let folder = try Scratch()
    let result = try Program.run(
      try watch(24, "--output", folder.file("records.jsonl"), "--rotate-bytes", "64KiB", "--fsync", "records"))
    #expect(result.status == 0, "\(result.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("records") }
    #expect(files.count >= 2)
    for file in files {
      #expect(size(folder.file(file)) <= 64 << 10, "\(file)")
      try expectValid(folder.text(file))
    }
    let numbers = files.flatMap { sequences(folder.text($0)) }.sorted()
    #expect(numbers == Array(1...max(numbers.count, 1)))
  }

  @Test("cannot be kept in a way that is not understood: the option is named, with what it should be")
  func refusedOptions() throws {
    for (option, value, wanted) in [
      ("--rotate-bytes", "5XB", "off, or a size such as 64MiB"), ("--rotate-bytes", "1kB", "between 64 KiB and"),
      ("--rotate-age", "soon", "off, or a time such as"), ("--fsync", "often", "never, alerts, records"),
    ] {
      let result = try Program.run(try watch(1, option, value))
      #expect(result.status == 2)
      let words = result.errors.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(words.contains("\(option) should be ") && words.contains(wanted), "\(result.errors)")
      #expect(words.contains("not '\(value)'"), "\(result.errors)")
    }
  }
}
