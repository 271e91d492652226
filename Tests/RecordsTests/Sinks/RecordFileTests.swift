import Foundation
import Testing

@testable import Records

@Suite("A file of records")
struct RecordFileTests {
  private func sink(
    _ path: String, rotation: OutputConfiguration.Rotation = .init(), delivery: RecordSink.Delivery = .direct,
    _ complaints: Complaints = Complaints()
  ) throws -> RecordSink {
    try RecordSink(
      OutputConfiguration(path: path, rotation: rotation), delivery: delivery,
      encoder: RecordEncoder(serviceVersion: "0", runID: "RUN"), complain: complaints.take)
  }

  private var start: Record {
    let run = RunDetails(
      command: "watch", settings: [("fps", 3)], figures: nil, training: nil, licence: nil, faceModels: [])
    return Record(
      .serviceStart, message: "start",
      details: Details(model: ModelDetails(name: "m", version: "1", sha256: "ab"), run: run))
  }

  @Test("is renamed before it exceeds its size, every record is in one of the files, and so many are kept")
  func rotatesBySize() throws {
    let scratch = try Scratch()
    let sink = try sink(scratch.file("x.jsonl"), rotation: .init(bytes: 20_000, keep: 3))
    try sink.write(start)
    for number in 0..<400 { try sink.write(.event("\(number)")) }
    let names = scratch.names
    #expect(names.count == 4, "\(names)")
    #expect(names.last == "x.jsonl")
    let shape = /x-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}\.[0-9]{6}Z\.jsonl/
    #expect(names.dropLast().allSatisfy { $0.wholeMatch(of: shape) != nil }, "\(names)")
    var sequences: [Int] = []
    var previous: String?
    for name in names {
      #expect(scratch.text(name).utf8.count <= 20_000)
      let lines = try Line.all(in: scratch.text(name))
      let head = try #require(lines.first)
      #expect(head.action == "service.continued" && head.reason == "size")
      #expect(
        (head.unmask["run"] as? [String: Any])?["command"] as? String == "watch", "it says what the first one said")
      #expect(scratch.text(name).prefix { $0 != "\n" }.utf8.count >= RecordEncoder.fingerprintLength)
      if let previous {
        #expect((head.unmask["continued"] as? [String: Any])?["previous"] as? String == previous)
      }
      previous = name
      sequences += lines.map(\.sequence)
    }
    // The oldest files are gone; from there on nothing is missing.
    #expect(sequences == Array(sequences[0]...sequences[0] + sequences.count - 1))
    #expect(
      Set(names.map { scratch.text($0).prefix(1_024) }).count == 4, "collectors tell the files apart by their heads")
  }

  @Test("is renamed when its first record is old enough, also one that an earlier run wrote")
  func rotatesByAge() throws {
    let scratch = try Scratch()
    let old = RecordEncoder(serviceVersion: "0").draft(of: .event("old"), at: Timestamp(unixSeconds: 1_000_000))
    try scratch.write(String(decoding: old.line(numbered: 1), as: UTF8.self), to: "x.jsonl")
    let sink = try sink(scratch.file("x.jsonl"), rotation: .init(age: 3_600))
    for _ in 0..<3 { try sink.write(.event("new")) }
    #expect(scratch.names.count == 2)
    let lines = try Line.all(in: scratch.text("x.jsonl"))
    #expect(lines.map(\.message).dropFirst() == ["new", "new", "new"])
    #expect(lines.first?.reason == "age")
  }

  @Test("hands its permissions on to the file that follows it")
  func permissions() throws {
    let scratch = try Scratch()
    try scratch.write("", to: "x.jsonl")
    try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: scratch.file("x.jsonl"))
    let sink = try sink(scratch.file("x.jsonl"), rotation: .init(bytes: 4_000))
    for _ in 0..<20 { try sink.write(.event("x")) }
    for name in scratch.names {
      let mode = try FileManager.default.attributesOfItem(atPath: scratch.file(name))[.posixPermissions] as? Int
      #expect(mode == 0o604, "\(name)")
    }
  }

  @Test("is written to anew when it was deleted, renamed, or replaced, without being asked", arguments: [false, true])
  func movedAway(isReplaced: Bool) throws {
    let scratch = try Scratch()
    let sink = try sink(scratch.file("x.jsonl"))
    try sink.write(start)
    try FileManager.default.moveItem(atPath: scratch.file("x.jsonl"), toPath: scratch.file("x.jsonl.1"))
    if isReplaced { try scratch.write("", to: "x.jsonl") }
    try sink.write(.event("second"))
    try FileManager.default.removeItem(atPath: scratch.file("x.jsonl"))
    try sink.write(.event("third"))
    #expect(try Line.all(in: scratch.text("x.jsonl.1")).map(\.sequence) == [1])
    let lines = try Line.all(in: scratch.text("x.jsonl"))
    #expect(lines.map(\.action) == ["service.continued", "stream.online"])
    #expect(lines.map(\.sequence) == [4, 5] && lines.last?.message == "third")
  }

  @Test("is opened anew on demand, once, when somebody has moved it away")
  func reopens() throws {
    let scratch = try Scratch()
    let sink = try sink(scratch.file("x.jsonl"), delivery: .queued)
    try sink.write(start)
    sink.reopen()
    try waitUntil("it is written") { sink.status.written == 1 }
    try FileManager.default.moveItem(atPath: scratch.file("x.jsonl"), toPath: scratch.file("x.jsonl.1"))
    sink.reopen()
    try sink.write(.event("second"))
    #expect(sink.finish(within: 60) == 0)
    #expect(try Line.all(in: scratch.text("x.jsonl.1")).map(\.message) == ["start"])
    let lines = try Line.all(in: scratch.text("x.jsonl"))
    #expect(lines.map(\.message).last == "second" && lines.count == 2)
    #expect(lines.first?.reason == "reopened" || lines.first?.reason == "moved_away")
  }

  @Test("does not follow a symbolic link that somebody puts in its place, and goes on when it is gone")
  func hostileFolder() throws {
    let scratch = try Scratch()
    let complaints = Complaints()
    let sink = try sink(scratch.file("x.jsonl"), delivery: .queued, complaints)
    try sink.write(start)
    try waitUntil("it is written") { sink.status.written == 1 }
    try scratch.write("precious\n", to: "precious")
    try FileManager.default.removeItem(atPath: scratch.file("x.jsonl"))
    try FileManager.default.createSymbolicLink(
      atPath: scratch.file("x.jsonl"), withDestinationPath: scratch.file("precious"))
    try sink.write(.event("second"))
    try waitUntil("the sink notices") { sink.status.trouble?.reason == "symbolic_link" }
    #expect(complaints.all.count == 1 && complaints.all[0].contains("symbolic link"))
    #expect(scratch.text("precious") == "precious\n")
    try FileManager.default.removeItem(atPath: scratch.file("x.jsonl"))
    #expect(sink.finish(within: 60) == 0)
    #expect(try Line.all(in: scratch.text("x.jsonl")).map(\.message).last == "second")
  }

  @Test("lets records wait while its folder is gone, and is made anew when the folder is back")
  func folderGone() throws {
    let scratch = try Scratch()
    let folder = scratch.file("logs")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let sink = try sink(folder + "/x.jsonl", delivery: .queued)
    try sink.write(start)
    try waitUntil("it is written") { sink.status.written == 1 }
    try FileManager.default.removeItem(atPath: folder)
    for number in 0..<20 { try sink.write(.event("\(number)")) }
    try waitUntil("the sink notices") { sink.status.trouble?.reason == "not_found" }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    #expect(sink.finish(within: 60) == 0)
    let lines = try Line.all(in: scratch.text("logs/x.jsonl"))
    #expect(lines.map(\.message).dropFirst() == (0..<20).map(String.init)[...])
    #expect(lines.map(\.sequence) == Array(2...22))
  }

  @Test("goes on growing when it cannot be renamed, and says so once")
  func rotationFails() throws {
    let scratch = try Scratch()
    let complaints = Complaints()
    // A name as long as names may be leaves no room for a time.
    let name = String(repeating: "x", count: 248) + ".jsonl"
    let sink = try sink(scratch.file(name), rotation: .init(bytes: 4_000), complaints)
    for _ in 0..<30 { try sink.write(.event("x")) }
    #expect(try Line.all(in: scratch.text(name)).count == 31)
    #expect(complaints.all.count == 1 && complaints.all[0].contains("grows on"), "\(complaints.all)")
  }

  @Test("may be a named pipe, whose reader may go and another come")
  func namedPipe() throws {
    let scratch = try Scratch()
    let path = scratch.file("pipe")
    #expect(unsafe mkfifo(path, 0o600) == 0)
    let sink = try sink(path, delivery: .queued)
    try sink.write(.event("first"))
    try waitUntil("the sink notices") { sink.status.trouble?.reason == "no_reader" }
    func open() throws -> FileHandle { FileHandle(fileDescriptor: unsafe Foundation.open(path, O_RDONLY | O_NONBLOCK)) }
    var reader = try open()
    try waitUntil("it is written") { sink.status.written == 1 }
    let first = reader.availableData
    try reader.close()
    try sink.write(.event("second"))
    try waitUntil("the sink notices") { sink.status.trouble?.reason == "no_reader" }
    reader = try open()
    #expect(sink.finish(within: 60) == 0)
    let text = String(decoding: first + reader.availableData, as: UTF8.self)
    #expect(try Line.all(in: text).map(\.message) == ["first", "second"])
    try reader.close()
  }
}
