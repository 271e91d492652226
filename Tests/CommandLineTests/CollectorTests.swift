import Foundation
import Testing

@Suite("A log collector")
struct CollectorTests {
  /// Debian's rsyslog with the configuration that comes with the program, in the foreground, in a folder of its own.
  private final class Rsyslog {
    private let process = Process()
    private let folder: Scratch

    init(in folder: Scratch) throws {
      self.folder = folder
      try FileManager.default.createDirectory(atPath: folder.file("state"), withIntermediateDirectories: true)
      let shipped = try String(contentsOfFile: Program.root + "/Config/collectors/rsyslog.conf", encoding: .utf8)
      let ours = shipped.replacing("/var/log/unmask/", with: folder.path + "/").replacing(
        "/var/log/unmask-", with: folder.path + "/collected-")
      #expect(!ours.contains("/var/"))
      try folder.write(Data("global(workDirectory=\"\(folder.file("state"))\")\n\(ours)".utf8), to: "rsyslog.conf")
      process.executableURL = URL(fileURLWithPath: "/usr/sbin/rsyslogd")
      process.arguments = ["-n", "-f", folder.file("rsyslog.conf"), "-i", folder.file("rsyslog.pid")]
      process.standardError = try folder.handle("rsyslog.errors")
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      let end = Date(timeIntervalSinceNow: 60)
      while folder.text("rsyslog.pid").isEmpty {
        try #require(process.isRunning && Date() < end, "rsyslogd did not start: \(folder.text("rsyslog.errors"))")
        Thread.sleep(forTimeInterval: 0.05)
      }
    }

    /// The messages it has passed on.
    var messages: [Substring] { folder.text("collected-syslog.log").split(separator: "\n") }
    /// What it could make nothing of.
    var unparsed: String { folder.text("collected-unparsed.log") }

    /// Waits until so many messages have come, or a minute has passed.
    func wait(for count: Int) {
      let end = Date(timeIntervalSinceNow: 60)
      while messages.count < count && Date() < end { Thread.sleep(forTimeInterval: 0.1) }
    }

    /// Waits until so many messages have come, then ends it.
    func finish(expecting count: Int) throws {
      wait(for: count)
      // What comes twice would come now.
      Thread.sleep(forTimeInterval: 1)
      process.terminate()
      // It may be slow to end, or deaf to the signal where its parent ignores it: what it wrote is there all the same.
      let patience = Date(timeIntervalSinceNow: 5)
      while process.isRunning && Date() < patience { Thread.sleep(forTimeInterval: 0.1) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
  }

  @Test("reads every record once while the file of records is rotated")
  func rotation() throws {
    let folder = try Scratch()
    try folder.write(Data(), to: "records.jsonl")
    let rsyslog = try Rsyslog(in: folder)
    let picture = try Program.cached("media/astronaut.png")
    func watch(_ pictures: Int, rotatingAt bytes: Int) throws {
      let streams = (1...pictures).map { "  - { name: picture-\($0), source: \(picture) }\n" }.joined()
      let output = "output: { file: \(folder.file("records.jsonl")), rotate_bytes: \(bytes) }"
      try folder.write(Data("\(output)\nstreams:\n\(streams)".utf8), to: "unmask.yaml")
      let result = try Program.run("watch", "--exit-zero", "--config", folder.file("unmask.yaml"))
      #expect(result.status == 0, "\(result.errors)")
    }
    try watch(40, rotatingAt: 10_000_000)
    // What rsyslog has not read of a file when another has taken its name is lost to it, whoever writes; so it has read
    // all when the next run finds the file full and begins another.
    let first = Program.records(in: folder.text("records.jsonl"))
    rsyslog.wait(for: first.count)
    try watch(20, rotatingAt: folder.text("records.jsonl").utf8.count)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    // The rotated file's name holds a time and sorts before the current one's.
    let files = names.filter { $0.hasPrefix("records") }.sorted()
    #expect(files.count == 2, "there was a rotation")
    let records = files.flatMap { Program.records(in: folder.text($0)) }
    for file in files { try expectValid(folder.text(file)) }
    try rsyslog.finish(expecting: records.count)

    let shape = /<(\d+)>1 (\S+) \S+ unmask - (\S+) \[unmask@32473 id="(\w+)" run="\w+" sequence="(\d+)"([^\]]*)\] .+/
    let messages = try rsyslog.messages.map { try #require($0.wholeMatch(of: shape), "\($0)").output }
    #expect(messages.map { String($0.4) }.sorted() == records.compactMap { $0.text("event.id") }.sorted())
    #expect(rsyslog.unparsed.isEmpty)
    for (message, record) in zip(messages, records) {
      #expect(String(message.2) == record.text("@timestamp") && String(message.3) == record.action)
      #expect(Int(message.5).map(Double.init) == record.number("event.sequence"))
      let level = (record["log.level"] as? String) ?? ""
      #expect(message.1 == ["info": "134", "warn": "132", "error": "131"][level]!)
      if let label = record.text("unmask.verdict.label") { #expect(message.6.contains(" label=\"\(label)\"")) }
      if let score = record.number("unmask.verdict.score") {
        let told = message.6.firstMatch(of: /score="([0-9.]+)"/).flatMap { Double($0.1) }
        #expect(told == score)
      }
    }
  }
}
