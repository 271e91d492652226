import Foundation
import Testing

@testable import Records

@Suite("Direct delivery of records")
struct DirectDeliveryTests {
  private func sink(_ path: String) throws -> RecordSink {
    try RecordSink(
      OutputConfiguration(path: path), delivery: .direct, encoder: RecordEncoder(serviceVersion: "0"))
  }

  @Test("keeps lines of many threads whole and in the order of their numbers")
  func threads() throws {
    let scratch = try Scratch()
    let sink = try sink(scratch.file("x.jsonl"))
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for number in 0..<50 { try? sink.write(.metric("\(thread) \(number)")) }
    }
    // The first is the head of the new file.
    #expect(try Line.all(in: scratch.text("x.jsonl")).map(\.sequence) == Array(1...401))
    #expect(sink.status.written == 400)
  }

  @Test("has a record in the file when the call returns")
  func atOnce() throws {
    let scratch = try Scratch()
    let sink = try sink(scratch.file("x.jsonl"))
    for number in 0..<20 {
      try sink.write(.event("\(number)"))
      #expect(try Line.all(in: scratch.text("x.jsonl")).last?.message == "\(number)")
    }
  }

  @Test("appends to what is there, and creates files that others may not read")
  func appending() throws {
    let scratch = try Scratch()
    for _ in 0..<2 { try sink(scratch.file("x.jsonl")).write(Record(.serviceStart, message: "x")) }
    #expect(try Line.all(in: scratch.text("x.jsonl")).map(\.action) == ["service.start", "service.start"])
    let attributes = try FileManager.default.attributesOfItem(atPath: scratch.file("x.jsonl"))
    #expect((attributes[.posixPermissions] as? Int ?? 0o777) & ~0o640 == 0)
  }

  @Test("names the file that cannot be opened, and the way out")
  func unopenable() throws {
    let scratch = try Scratch()
    try FileManager.default.createSymbolicLink(atPath: scratch.file("link"), withDestinationPath: scratch.file("other"))
    for (path, way) in [
      ("/nonexistent/x.jsonl", "folder"), (scratch.path, "name a file"), (scratch.file("link"), "symbolic link"),
    ] {
      let error = #expect(throws: SinkError.self) { try sink(path) }
      #expect(error?.description.contains(path) == true && error?.description.contains(way) == true, "\(error!)")
    }
    #expect(scratch.names == ["link"], "the link led to a file that was made")
  }

  @Test("reports a full disk, and keeps reporting it")
  func fullDisk() throws {
    let sink = try sink("/dev/full")
    for _ in 0..<2 { #expect(throws: SinkError.self) { try sink.write(.event("x")) } }
    #expect(sink.failure?.description.contains("No space left") == true)
    #expect(sink.failure?.reason == "no_space")
  }

  @Test("waits for a slow reader of a pipe, and loses nothing to it")
  func slowReader() throws {
    let pipe = Pipe()
    let outlet = StandardOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    let sink = try RecordSink(
      to: outlet, OutputConfiguration(), delivery: .direct, encoder: RecordEncoder(serviceVersion: "0"),
      complain: { _ in })
    let writer = Thread {
      for number in 0..<300 { try? sink.write(.event("\(number) " + String(repeating: "x", count: number * 20))) }
      try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    var received = Data()
    while true {
      guard let more = try pipe.fileHandleForReading.read(upToCount: 3_000), !more.isEmpty else { break }
      received += more
      if received.count < 20_000 { Thread.sleep(forTimeInterval: 0.01) }
    }
    #expect(try Line.all(in: String(decoding: received, as: UTF8.self)).map(\.sequence) == Array(1...300))
  }

  @Test("lets several programs append to one file, unless one of them rotates it")
  func sharing() throws {
    let scratch = try Scratch()
    let path = scratch.file("x.jsonl")
    let first = try sink(path)
    let second = try sink(path)
    for sink in [first, second, first] { try sink.write(.event("x")) }
    #expect(try Line.all(in: scratch.text("x.jsonl")).count >= 4)
    let rotating = OutputConfiguration(path: path, rotation: .init(bytes: 65_536))
    let error = #expect(throws: SinkError.self) {
      try RecordSink(rotating, delivery: .queued, encoder: RecordEncoder(serviceVersion: "0"))
    }
    #expect(error?.description.contains("another program") == true)
    withExtendedLifetime((first, second)) {}
  }
}
