import Foundation
import Testing

@testable import Records

@Suite("The end of a file of records")
struct RecordTailTests {
  private func file(_ bytes: [UInt8]) throws -> String {
    let path = NSTemporaryDirectory() + "unmask-tail-" + UUID().uuidString
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func lines(_ count: Int, runID: String) -> [UInt8] {
    var encoder = RecordEncoder(serviceVersion: "0.1.0", runID: runID)
    return (0..<count).flatMap { encoder.line(for: Record(.scanFile, message: "number \($0)")) }
  }

  @Test("tells the last record of a run, whatever other runs wrote behind it")
  func last() throws {
    let path = try file(lines(5, runID: "A") + lines(3, runID: "B"))
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(RecordTail(ofFile: path, runID: "A")?.sequence == 5)
    #expect(RecordTail(ofFile: path, runID: "B")?.sequence == 3)
    #expect(RecordTail(ofFile: path, runID: "B")?.action == "scan.file")
    #expect(RecordTail(ofFile: path, runID: "C") == nil)
  }

  @Test("looks past half a line, wherever the writing was ended, and says that there is one")
  func torn() throws {
    let whole = lines(2, runID: "A")
    let next = lines(3, runID: "A").dropFirst(whole.count).dropLast()
    for length in [0, 1, 2, 5, 40, next.count] {
      let path = try file(whole + next.prefix(length))
      defer { try? FileManager.default.removeItem(atPath: path) }
      let tail = RecordTail(ofFile: path, runID: "A")
      #expect(tail?.sequence == 2)
      #expect(tail?.isTorn == (length > 0))
    }
  }

  @Test("finds nothing in a file of another kind, nor in an empty one or none")
  func others() throws {
    let path = try file(Array("a note without a newline".utf8))
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(RecordTail(ofFile: path, runID: "A") == nil)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "a note without a newline")
    #expect(RecordTail(ofFile: "/nowhere/at/all", runID: "A") == nil)
    #expect(RecordTail(ofFile: "/dev/null", runID: "A") == nil)
    let empty = try file([])
    defer { try? FileManager.default.removeItem(atPath: empty) }
    #expect(RecordTail(ofFile: empty, runID: "A") == nil)
  }
}
