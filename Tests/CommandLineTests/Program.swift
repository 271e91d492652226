import Foundation
import Testing

/// The built program, run as a user runs it.
struct Program {
  /// What a finished run left behind.
  struct Result {
    let status: Int32
    let output: String
    let errors: String

    /// The records on standard output, each parsed.
    var records: [[String: Any]] { Program.records(in: output) }
    /// The lines on standard error.
    var complaints: [Substring] { errors.split(separator: "\n") }
  }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  /// The program lies beside the test bundle.
  static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appendingPathComponent("unmask").path

  /// A file that the set-up makes.
  static func cached(_ name: String) throws -> String {
    let path = root + "/.cache/" + name
    try #require(FileManager.default.fileExists(atPath: path), "\(path) is missing; run `make setup`")
    return path
  }

  /// Runs to the end; a run that takes longer than `limit` seconds is ended and fails the test.
  static func run(_ arguments: String..., limit: Double = 120) throws -> Result {
    try run(arguments, limit: limit)
  }

  static func run(_ arguments: [String], limit: Double = 120) throws -> Result {
    let running = try Running(arguments)
    return try running.wait(limit: limit)
  }

  static func records(in text: String) -> [[String: Any]] {
    text.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
  }

  /// A run under way; its output goes to files, so that it never blocks on a reader.
  final class Running {
    private let process = Process()
    private let folder: Scratch

    /// - Parameters:
    ///   - wrapper: a program that turns into this one, such as `prlimit`, with its arguments.
    ///   - environment: variables beside those of the tests themselves.
    ///   - standardOutput, standardError: instead of the files that `output` and `errors` read.
    ///   - standardInput: nothing when nil.
    init(
      _ arguments: [String], through wrapper: [String] = [], environment: [String: String] = [:],
      standardOutput: FileHandle? = nil, standardError: FileHandle? = nil, standardInput: FileHandle? = nil
    ) throws {
      folder = try Scratch()
      let command = wrapper + [Program.path] + arguments
      // What is kept between runs is kept in the test's own folder, not in the user's.
      process.environment = ProcessInfo.processInfo.environment.merging(["XDG_STATE_HOME": folder.path]) { $1 }
        .merging(environment) { $1 }
      process.executableURL = URL(fileURLWithPath: command[0])
      process.arguments = Array(command.dropFirst())
      process.standardOutput = try standardOutput ?? folder.handle("stdout")
      process.standardError = try standardError ?? folder.handle("stderr")
      process.standardInput = standardInput ?? FileHandle.nullDevice
      try process.run()
    }

    deinit {
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var processIdentifier: Int32 { process.processIdentifier }
    var output: String { folder.text("stdout") }
    var errors: String { folder.text("stderr") }

    var identifier: Int32 { process.processIdentifier }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits until something holds.
    func wait(for what: String, limit: Double = 60, until condition: () -> Bool) throws {
      let end = Date(timeIntervalSinceNow: limit)
      while !condition() {
        try #require(Date() < end, "\(what) within \(limit) s; so far: \(output)\n\(errors)")
        try #require(process.isRunning, "the program ended before \(what): \(output)\n\(errors)")
        Thread.sleep(forTimeInterval: 0.05)
      }
    }

    /// Waits until the records on standard output satisfy a condition.
    func wait(limit: Double = 60, until condition: ([[String: Any]]) -> Bool) throws {
      let end = Date(timeIntervalSinceNow: limit)
      while !condition(Program.records(in: output)) {
        try #require(Date() < end, "no such records within \(limit) s; so far: \(output)\n\(errors)")
        try #require(process.isRunning, "the program ended early: \(output)\n\(errors)")
        Thread.sleep(forTimeInterval: 0.05)
      }
    }

    func wait(limit: Double) throws -> Result {
      let end = Date(timeIntervalSinceNow: limit)
      while process.isRunning {
        try #require(Date() < end, "the program did not end within \(limit) s: \(errors)")
        Thread.sleep(forTimeInterval: 0.02)
      }
      return Result(status: process.terminationStatus, output: output, errors: errors)
    }
  }
}

/// A folder that goes away with its owner.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "unmask-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  @discardableResult
  func write(_ data: Data, to name: String) throws -> String {
    try data.write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  func handle(_ name: String) throws -> FileHandle {
    try write(Data(), to: name)
    return try #require(FileHandle(forWritingAtPath: file(name)))
  }

  func text(_ name: String) -> String { (try? String(contentsOfFile: file(name), encoding: .utf8)) ?? "" }
}

extension Scratch {
  /// In its folder `in` one face under so many names that some of these people are held out.
  static func withFaces() throws -> Scratch {
    let folder = try Scratch()
    try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: true)
    let picture = try Data(contentsOf: URL(fileURLWithPath: Program.cached("media/astronaut.png")))
    for name in 0..<48 { try folder.write(picture, to: "in/\(name).png") }
    return folder
  }
}

extension [String: Any] {
  /// Follows a path such as `unmask.verdict.label`.
  func at(_ path: String) -> Any? {
    path.split(separator: ".").reduce(self as Any?) { value, key in (value as? [String: Any])?[String(key)] }
  }

  func text(_ path: String) -> String? { at(path) as? String }
  func number(_ path: String) -> Double? { (at(path) as? NSNumber)?.doubleValue }
  var action: String? { text("event.action") }
}

/// Debian's own Python, whatever other one is on the path.
enum Python {
  static func run(_ script: String, _ arguments: [String], input: String) throws -> (status: Int32, output: String) {
    let folder = try Scratch()
    try folder.write(Data(input.utf8), to: "input")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [Program.root + "/" + script] + arguments
    process.standardInput = FileHandle(forReadingAtPath: folder.file("input"))
    process.standardOutput = try folder.handle("output")
    process.standardError = try folder.handle("errors")
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, folder.text("output") + folder.text("errors"))
  }
}

/// Holds every line against `Config/unmask-record.schema.json` with an independent validator.
func expectValid(_ lines: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let (status, output) = try Python.run(
    "Tests/Support/validate_records.py", [Program.root + "/Config/unmask-record.schema.json"], input: lines)
  #expect(status == 0, "\(output)", sourceLocation: sourceLocation)
}

/// The counters of a record balance.
func expectBalance(_ record: [String: Any], sourceLocation: SourceLocation = #_sourceLocation) {
  func count(_ name: String) -> Double { record.number("unmask.counters." + name) ?? -1 }
  #expect(count("decoded") == count("sampled") + count("skipped"), sourceLocation: sourceLocation)
  #expect(
    count("sampled") == count("analysed") + count("evicted") + count("failed"), sourceLocation: sourceLocation)
}
