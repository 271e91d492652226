import Foundation
import Testing

@testable import Records

@Suite("Queued delivery of records")
struct QueuedDeliveryTests {
  private func sink(
    _ valve: Valve, records: Int = 10_000, sync: SyncPolicy = .never, _ complaints: Complaints = Complaints()
  ) throws -> RecordSink {
    try RecordSink(
      to: valve,
      OutputConfiguration(sync: sync, queue: OutputConfiguration.QueueLimits(records: records)), delivery: .queued,
      encoder: RecordEncoder(serviceVersion: "0", runID: "RUN"), complain: complaints.take)
  }

  @Test("never holds up a caller while nobody reads, and writes everything when somebody does")
  func blockedReader() throws {
    let valve = Valve(.blocked)
    let sink = try sink(valve)
    for number in 0..<500 { try sink.write(.event("\(number)")) }
    try waitUntil("the sink notices") { sink.status.trouble?.reason == "blocked" }
    #expect(sink.status.waiting == 500 && sink.status.written == 0 && sink.failure == nil)
    valve.turn(to: .open)
    #expect(sink.finish(within: 60) == 0)
    let lines = try Line.all(in: valve.text)
    #expect(lines.map(\.message) == (0..<500).map(String.init))
    #expect(lines.map(\.sequence) == Array(1...500))
    #expect(sink.status == SinkStatus(written: 500))
  }

  @Test("counts what found no room, and says how many, of what kind, why and since when once there is room")
  func loss() throws {
    let valve = Valve(.failing(Valve.full))
    let complaints = Complaints()
    let sink = try sink(valve, records: 10, complaints)
    try sink.write(.event("first"))
    try waitUntil("the sink notices") { sink.status.trouble?.reason == "no_space" }
    for number in 0..<5 { try sink.write(.metric("m\(number)")) }
    for number in 0..<12 { try sink.write(.alert("a\(number)")) }
    #expect(sink.status.lost == LossDetails(alerts: 2, events: 0, metrics: 5))
    #expect(sink.status.waiting == 11, "ten in the queue and one in hand")
    valve.turn(to: .open)
    try waitUntil("all is written") { sink.status.waiting == 0 && sink.status.trouble == nil }
    try sink.write(.event("last"))
    #expect(sink.finish(within: 60) == 0, "everything that was lost was told of")
    let lines = try Line.all(in: valve.text)
    #expect(lines.map(\.sequence) == Array(1...lines.count))
    #expect(
      lines.map(\.message).filter { !$0.contains("could not") } == ["first"] + (2..<12).map { "a\($0)" } + ["last"])
    let told = lines.filter { $0.action == "records.lost" }
    #expect(told.compactMap(\.lost).reduce(0, +) == 7)
    #expect(told.allSatisfy { $0.reason == "no_space" })
    #expect(complaints.all.count == 2, "\(complaints.all)")
    #expect(complaints.all.first?.contains("No space left") == true)
    #expect(complaints.all.last?.contains("7 were lost") == true)
  }

  @Test("finishes a line of which the disk took only the beginning")
  func halfLine() throws {
    let valve = Valve(.takes(100, Valve.full))
    let sink = try sink(valve)
    for number in 0..<3 { try sink.write(.event("\(number)")) }
    try waitUntil("the sink notices") { sink.status.trouble != nil }
    #expect(valve.text.count == 100)
    valve.turn(to: .open)
    #expect(sink.finish(within: 60) == 0)
    #expect(try Line.all(in: valve.text).map(\.sequence) == [1, 2, 3])
  }

  @Test("goes on by itself through a hundred troubles, and loses nothing while there is room")
  func flapping() throws {
    let valve = Valve()
    let complaints = Complaints()
    let sink = try sink(valve, complaints)
    for number in 0..<100 {
      valve.turn(to: number.isMultiple(of: 2) ? .takes(number * 13, Valve.full) : .blocked)
      try sink.write(.event("\(number)"))
      if number.isMultiple(of: 10) { try waitUntil("a try") { valve.attempts > number / 10 } }
      valve.turn(to: .open)
    }
    #expect(sink.finish(within: 60) == 0)
    #expect(try Line.all(in: valve.text).map(\.sequence) == Array(1...100))
    #expect(complaints.all.count <= 2, "one trouble is news, a hundred in a row are not: \(complaints.all)")
  }

  @Test("says at the end how many records were lost without a word, and does not wait for ever")
  func end() throws {
    let valve = Valve(.blocked)
    let sink = try sink(valve, records: 5)
    for number in 0..<20 { try sink.write(.event("\(number)")) }
    #expect(sink.finish(within: 0.1) == 20)
    try sink.write(.event("too late"))
    #expect(sink.status.waiting == 0)
  }

  @Test("gives up, and repeats why, when a pipe without a name has lost its reader")
  func closedPipe() throws {
    let pipe = Pipe()
    let sink = try RecordSink(
      to: StandardOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor), OutputConfiguration(),
      delivery: .queued, encoder: RecordEncoder(serviceVersion: "0"), complain: { _ in })
    signal(SIGPIPE, SIG_IGN)
    try sink.write(.event("x"))
    _ = pipe.fileHandleForReading.availableData
    try pipe.fileHandleForReading.close()
    try waitUntil("the sink notices") {
      try? sink.write(.event("y"))
      return sink.failure != nil
    }
    #expect(sink.failure?.reason == "closed")
    #expect(throws: SinkError.self) { try sink.write(.event("z")) }
    withExtendedLifetime(pipe) {}
  }

  @Test("numbers the records of many threads without a gap, each thread's in its own order")
  func threads() throws {
    let valve = Valve()
    let sink = try sink(valve)
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for number in 0..<200 { try? sink.write(.event("\(thread) \(number)")) }
    }
    #expect(sink.finish(within: 60) == 0)
    let lines = try Line.all(in: valve.text)
    #expect(lines.map(\.sequence) == Array(1...1600))
    for thread in 0..<8 {
      #expect(lines.map(\.message).filter { $0.hasPrefix("\(thread) ") } == (0..<200).map { "\(thread) \($0)" })
    }
    let ids = lines.compactMap { ($0.object["event"] as? [String: Any])?["id"] as? String }
    #expect(Set(ids).count == 1600)
  }

  @Test("brings alerts to the disk when asked to, and at the end everything")
  func syncing() throws {
    let valve = Valve()
    let sink = try sink(valve, sync: .alerts)
    try sink.write(.event("x"))
    try waitUntil("it is written") { sink.status.written == 1 }
    #expect(valve.syncs == 0)
    try sink.write(.alert("x"))
    try waitUntil("it is on the disk") { valve.syncs == 1 }
    try sink.write(.event("x"))
    sink.finish(within: 60)
    #expect(valve.syncs == 2)
  }

  @Test("lets its thread end when nobody holds the sink any more")
  func abandoned() throws {
    let valve = Valve()
    var sink: RecordSink? = try sink(valve)
    try sink?.write(.event("x"))
    sink = nil
    try waitUntil("what was handed over is written") { !valve.text.isEmpty }
  }
}

@Suite("What is owed to the disk")
struct SyncDebtTests {
  private static let encoder = RecordEncoder(serviceVersion: "0")
  private static let event = encoder.draft(of: .event("x"))
  private static let alert = encoder.draft(of: .alert("x"))
  private let start = Timestamp(unixSeconds: 1_000)

  @Test("follows the policy")
  func policies() {
    var never = SyncDebt(policy: .never)
    never.add(Self.alert)
    #expect(!never.isOpen && !never.isDue(isLast: true, at: start))
    var records = SyncDebt(policy: .records)
    records.add(Self.event)
    #expect(records.isDue(isLast: true, at: start) && !records.isDue(isLast: false, at: start), "more may share it")
    for _ in 0..<63 { records.add(Self.event) }
    #expect(records.isDue(isLast: false, at: start), "but not without an end")
    var interval = SyncDebt(policy: .every(5))
    #expect(interval.secondsLeft(at: start) == nil)
    interval.add(Self.event, at: start)
    interval.add(Self.event, at: Timestamp(unixSeconds: 1_004))
    #expect(interval.secondsLeft(at: Timestamp(unixSeconds: 1_003)) == 2, "the oldest counts")
    #expect(interval.isDue(isLast: false, at: Timestamp(unixSeconds: 1_005)))
    #expect(interval.secondsLeft(at: Timestamp(unixSeconds: 0)) == 5, "a clock set back does not put it off")
    interval.settle()
    #expect(!interval.isDue(isLast: true, at: Timestamp(unixSeconds: 2_000)))
  }
}
