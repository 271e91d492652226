import Testing

@testable import Records

@Suite("Records that wait")
struct WaitingRecordsTests {
  private static let encoder = RecordEncoder(serviceVersion: "0")

  private func queue(_ records: Int, bytes: Int = 1 << 30) -> WaitingRecords {
    WaitingRecords(limits: OutputConfiguration.QueueLimits(records: records, bytes: bytes))
  }

  private func message(_ draft: RecordDraft?) throws -> String? {
    try draft.map { try #require(Line.all(in: String(decoding: $0.line(numbered: 1), as: UTF8.self)).first).message }
  }

  private func messages(_ waiting: WaitingRecords) throws -> [String] {
    var waiting = waiting
    var found: [String] = []
    while let next = try message(waiting.next()) { found.append(next) }
    return found
  }

  @Test("leave in the order in which they came, whatever their importance")
  func order() throws {
    var waiting = queue(100)
    let records: [Record] = [.metric("1"), .alert("2"), .event("3"), .metric("4"), .event("5"), .alert("6")]
    for record in records { waiting.admit(Self.encoder.draft(of: record)) }
    #expect(try messages(waiting) == ["1", "2", "3", "4", "5", "6"])
  }

  @Test("give way by importance, the oldest first, and are counted by their kind")
  func givesWay() throws {
    var waiting = queue(4)
    let records: [Record] = [
      .alert("a1"), .event("e1"), .metric("m1"), .event("e2"), .metric("m2"), .alert("a2"), .event("e3"), .alert("a3"),
    ]
    for record in records { waiting.admit(Self.encoder.draft(of: record)) }
    #expect(try messages(waiting) == ["a1", "a2", "e3", "a3"])
    #expect(waiting.loss?.details == LossDetails(alerts: 0, events: 2, metrics: 2))
    for number in 4...7 { waiting.admit(Self.encoder.draft(of: .alert("a\(number)"))) }
    #expect(try messages(waiting) == ["a4", "a5", "a6", "a7"])
    #expect(waiting.lost == LossDetails(alerts: 3, events: 3, metrics: 2))
    #expect(waiting.takeLoss()?.details.records == 8)
    #expect(waiting.loss == nil && waiting.lost.records == 8, "told, and not forgotten")
  }

  /// For any order of arrivals and departures: within the limits, in order, and nothing vanishes uncounted.
  @Test("never exceed their limits, keep their order, and balance", arguments: 0..<20)
  func balances(seed: Int) throws {
    var random = Seeded(UInt64(seed))
    let limits = OutputConfiguration.QueueLimits(
      records: Int.random(in: 1...30, using: &random), bytes: Int.random(in: 2_000...20_000, using: &random))
    var waiting = WaitingRecords(limits: limits)
    var arrived = 0
    var left: [Int] = []
    for _ in 0..<500 {
      if Int.random(in: 0..<5, using: &random) < 3 {
        let text = "\(arrived) " + String(repeating: "x", count: Int.random(in: 0..<900, using: &random))
        waiting.admit(
          Self.encoder.draft(of: [.event(text), .metric(text), .alert(text)].randomElement(using: &random)!))
        arrived += 1
      } else if let text = try message(waiting.next()) {
        left.append(try #require(Int(text.prefix { $0 != " " })))
      }
      #expect(waiting.count <= limits.records && waiting.bytes <= limits.bytes)
      #expect(arrived == left.count + waiting.count + waiting.lost.records)
    }
    #expect(left == left.sorted())
    waiting.abandon()
    #expect(waiting.isEmpty && waiting.bytes == 0 && arrived == left.count + waiting.lost.records)
  }
}

/// A generator that says the same each time (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
