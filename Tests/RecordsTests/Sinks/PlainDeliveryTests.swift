import Foundation
import Testing

@testable import Records

@Suite("Delivery in another form than JSON")
struct PlainDeliveryTests {
  private func sink(_ path: String, _ format: RecordFormat, after last: Int64 = 0) throws -> RecordSink {
    var configuration = OutputConfiguration(path: path)
    configuration.format = format
    return try RecordSink(
      configuration, delivery: .direct, encoder: RecordEncoder(serviceVersion: "0", lastSequence: last))
  }

  private func file(_ path: String) -> Record {
    Record(.scanFile, message: "x", details: Details(file: FileDetails(path: path)))
  }

  @Test("names the columns once, however often the file is added to, and each row is there when the call returns")
  func table() throws {
    let scratch = try Scratch()
    for name in ["a.mp4", "b.mp4"] {
      let sink = try sink(scratch.file("x.csv"), .csv)
      try sink.write(Record(.serviceStart, message: "x"))
      try sink.write(file(name))
      #expect(scratch.text("x.csv").contains("\r\n\(name),"))
    }
    let lines = scratch.text("x.csv").components(separatedBy: "\r\n")
    #expect(lines.count == 4 && lines[0].hasPrefix("path,label,") && lines[3].isEmpty)
  }

  @Test("counts records on from where an earlier process left off, told or not")
  func numbers() throws {
    let scratch = try Scratch()
    let sink = try sink(scratch.file("x.txt"), .text, after: 7)
    try sink.write(Record(.serviceStart, message: "x"))
    try sink.write(file("a.mp4"))
    #expect(sink.lastSequence == 9 && sink.status.written == 2)
  }

  @Test("ends half a row that an earlier run left, before it writes its own")
  func torn() throws {
    let scratch = try Scratch()
    try scratch.write("path,label\r\na.mp4,re", to: "x.csv")
    try sink(scratch.file("x.csv"), .csv).write(file("a.mp4"))
    #expect(scratch.text("x.csv").hasPrefix("path,label\r\na.mp4,re\na.mp4,"))
  }

  @Test("reports a full disk, and keeps reporting it")
  func fullDisk() throws {
    let sink = try sink("/dev/full", .text)
    for _ in 0..<2 { #expect(throws: SinkError.self) { try sink.write(file("a.mp4")) } }
    #expect(sink.failure != nil)
  }
}
