import Foundation
import Testing

@testable import Records

@Suite("A line that an earlier run left unfinished")
struct BrokenLineTests {
  private func file(_ scratch: Scratch, after text: String) throws -> [Line] {
    try scratch.write(text, to: "x.jsonl")
    let sink = try RecordSink(
      OutputConfiguration(path: scratch.file("x.jsonl")), delivery: .direct,
      encoder: RecordEncoder(serviceVersion: "0", runID: "RUN"))
    try sink.write(.event("next"))
    return try Line.all(in: scratch.text("x.jsonl"))
  }

  private func records(_ count: Int) -> String {
    var encoder = RecordEncoder(serviceVersion: "0")
    return (0..<count).map { String(decoding: encoder.line(for: .event("\($0)")), as: UTF8.self) }.joined()
  }

  /// Wherever the line was cut: whole lines stay as they are, and the file becomes valid without getting shorter.
  @Test("is written over by a record that says so, wherever it was cut")
  func anyCut() throws {
    let scratch = try Scratch()
    let whole = records(2)
    let second = whole.utf8.count / 2
    var lengths = Array(stride(from: second + 1, to: whole.utf8.count - 1, by: 17)) + [1, 5, 14, 15, 16]
    lengths.append(whole.utf8.count - 1)
    for length in lengths {
      let cut = String(decoding: whole.utf8.prefix(length), as: UTF8.self)
      let lines = try file(scratch, after: cut)
      let kept = length > second ? 1 : 0
      #expect(lines.count == kept + 2)
      #expect(lines[kept].action == "records.repaired")
      #expect((lines[kept].unmask["repair"] as? [String: Any])?["bytes"] as? Int == length - kept * second)
      #expect(lines.suffix(2).map(\.sequence) == [1, 2])
      #expect(scratch.text("x.jsonl").utf8.count > length)
      if kept == 0 {
        #expect(scratch.text("x.jsonl").prefix { $0 != "\n" }.utf8.count >= 1_024, "it is the file's head")
      }
    }
  }

  @Test("may be the longest there is, and may end in the zeros of a power failure")
  func extremes() throws {
    let scratch = try Scratch()
    let record = Record(.scanFile, message: String(repeating: "\"\u{7}漢", count: 5_000))
    let line = RecordEncoder(serviceVersion: "0").draft(of: record).line(numbered: 1)
    #expect(line.count > 7_900)
    let cut = String(decoding: line.dropLast(), as: UTF8.self)
    for text in [cut, "{\"@timest\0\0\0\0\0", String(repeating: "\0", count: 3_000)] {
      let lines = try file(scratch, after: records(3) + text)
      #expect(lines.map(\.action).suffix(2) == ["records.repaired", "stream.online"])
      #expect(lines.count == 5)
      #expect(scratch.text("x.jsonl").split(separator: "\n").allSatisfy { $0.utf8.count < RecordEncoder.lineLimit })
    }
  }

  @Test("is only ended when it is not ours")
  func foreign() throws {
    let scratch = try Scratch()
    for text in ["notes of mine", String(repeating: "{\"@timestamp\":\"", count: 2_000)] {
      try scratch.write(text, to: "x.jsonl")
      let sink = try RecordSink(
        OutputConfiguration(path: scratch.file("x.jsonl")), delivery: .direct,
        encoder: RecordEncoder(serviceVersion: "0"))
      try sink.write(.event("next"))
      #expect(scratch.text("x.jsonl").hasPrefix(text + "\n{"))
    }
  }

  @Test("is left alone while another program is still writing it")
  func othersLine() throws {
    let scratch = try Scratch()
    let begun = "{\"@timestamp\":\"2026"
    try scratch.write(begun, to: "x.jsonl")
    let other = unsafe open(scratch.file("x.jsonl"), O_WRONLY | O_APPEND)
    #expect(flock(other, LOCK_SH) == 0)
    defer { close(other) }
    let sink = try RecordSink(
      OutputConfiguration(path: scratch.file("x.jsonl")), delivery: .direct, encoder: RecordEncoder(serviceVersion: "0")
    )
    try sink.write(.event("next"))
    #expect(scratch.text("x.jsonl").hasPrefix(begun))
  }

  @Test("is none where a file ends as it should, or is empty")
  func whole() {
    #expect(BrokenLine(in: [], size: 0) == nil)
    #expect(BrokenLine(in: Array("{}\n".utf8), size: 3) == nil)
  }
}
