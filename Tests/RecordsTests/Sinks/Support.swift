import Foundation
import Synchronization
import Testing

@testable import Records

/// A folder that goes away with its owner.
final class Scratch: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "unmask-records-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
  }

  func text(_ name: String) -> String { (try? String(contentsOfFile: file(name), encoding: .utf8)) ?? "" }

  /// All files in it, by name.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// A line of records, parsed.
struct Line {
  let object: [String: Any]

  /// Every line of a text, or a failure of the test where one is no record.
  static func all(in text: String) throws -> [Line] {
    try text.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return Line(object: try #require(object, "\(line)"))
    }
  }

  private var event: [String: Any] { object["event"] as? [String: Any] ?? [:] }
  var message: String { object["message"] as? String ?? "" }
  var action: String { event["action"] as? String ?? "" }
  var reason: String? { event["reason"] as? String }
  var sequence: Int { event["sequence"] as? Int ?? -1 }
  var unmask: [String: Any] { object["unmask"] as? [String: Any] ?? [:] }
  var lost: Int? { (unmask["loss"] as? [String: Any])?["records"] as? Int }
}

/// An outlet that a test can stop up.
final class Valve: RecordOutlet, Sendable {
  enum Mode: Sendable {
    case open
    /// Nobody reads.
    case blocked
    /// Each write fails.
    case failing(SinkError)
    /// The system takes so many bytes more, and then fails.
    case takes(Int, SinkError)
  }

  private struct State {
    var mode = Mode.open
    var bytes: [UInt8] = []
    var attempts = 0
    var syncs = 0
  }

  let name = "valve"
  let generation = 0
  var isEmpty: Bool { state.withLock { $0.bytes.isEmpty } }
  private let state = Mutex(State())

  static let full = SinkError("valve", "records cannot be written", code: ENOSPC)

  init(_ mode: Mode = .open) { state.withLock { $0.mode = mode } }

  func turn(to mode: Mode) { state.withLock { $0.mode = mode } }

  var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
  var attempts: Int { state.withLock { $0.attempts } }
  var syncs: Int { state.withLock { $0.syncs } }

  func prepare(for count: Int, at time: Timestamp, isInMidLine: Bool) throws(SinkError) -> Prelude? { nil }

  func isWritable(within milliseconds: Int32) -> Bool {
    let isOpen = state.withLock { state in
      state.attempts += 1
      if case .blocked = state.mode { return false }
      return true
    }
    // A real outlet waits for its reader.
    if !isOpen { Thread.sleep(forTimeInterval: 0.01) }
    return isOpen
  }

  func write(_ bytes: ArraySlice<UInt8>) throws(SinkError) -> Int {
    try state.withLock { state throws(SinkError) in
      switch state.mode {
      case .open:
        state.bytes += bytes
        return bytes.count
      case .blocked: return 0
      case .failing(let error): throw error
      case .takes(let room, let error):
        if room == 0 { throw error }
        let taken = bytes.prefix(room)
        state.bytes += taken
        state.mode = .takes(room - taken.count, error)
        return taken.count
      }
    }
  }

  func replace(_ broken: BrokenLine, by line: [UInt8]) throws(SinkError) {}
  func sync() throws(SinkError) { state.withLock { $0.syncs += 1 } }
  func reopen() {}
}

/// Waits until something is so, for at most a minute: far longer than it takes on the most loaded machine.
func waitUntil(_ what: String, _ condition: () -> Bool) throws {
  let end = Date(timeIntervalSinceNow: 60)
  while !condition() {
    try #require(Date() < end, "\(what): not within a minute")
    Thread.sleep(forTimeInterval: 0.005)
  }
}

/// What a sink told people.
final class Complaints: Sendable {
  private let sentences = Mutex<[String]>([])
  var all: [String] { sentences.withLock { $0 } }
  var take: @Sendable (String) -> Void { { [self] sentence in sentences.withLock { $0.append(sentence) } } }
}

extension Record {
  static func event(_ text: String) -> Record { Record(.streamOnline, message: text, reason: "connected") }
  static func metric(_ text: String) -> Record { Record(.stats, kind: .metric, message: text) }
  static func alert(_ text: String) -> Record { Record(.verdictStart, kind: .alert, level: .warn, message: text) }
}
