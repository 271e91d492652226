import Foundation
import Testing

@testable import Records

@Suite("Records of hostile text")
struct HostileTextTests {
  /// Pieces that have broken somebody's log format before.
  private static let pieces = [
    "\"", "\\", "\n", "\r", "\t", "\0", "\u{1B}[31m", "\u{7F}", "\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}",
    "\u{202E}",
    "é", "漢", "😀", "e\u{301}", "\u{FFFD}", "\",\"sequence\":9,\"", "\"sequence\":", "}\n{\"@timestamp\":\"",
    "</script>", "%s%n",
    "{{", "rtsp://x", "a", " ",
  ]

  private func text(_ random: inout Seeded) -> String {
    let length = [0, 1, 3, 20, 200, 3_000].randomElement(using: &random)!
    return (0..<length).map { _ in Self.pieces.randomElement(using: &random)! }.joined()
  }

  private func record(_ random: inout Seeded) -> (Record, String) {
    let message = text(&random)
    var details = Details(
      stream: StreamDetails(name: text(&random), kind: "rtsp", url: text(&random)),
      verdict: VerdictDetails(
        label: "fake", reason: "majority", score: [.nan, .infinity, -0.0, 0.5, 1e300].randomElement(using: &random)!,
        threshold: 0.5))
    details.evidence = text(&random)
    return (
      Record(
        Record.Action.allCases.randomElement(using: &random)!, message: message, reason: "x",
        failure: Bool.random(using: &random) ? Record.Failure(code: "x", message: text(&random)) : nil, details: details
      ),
      message
    )
  }

  @Test("are one line of valid JSON within the limit, and say what was said", arguments: 0..<40)
  func lines(seed: Int) throws {
    var random = Seeded(UInt64(seed))
    var encoder = RecordEncoder(serviceVersion: "0")
    for number in 1...25 {
      let (record, message) = record(&random)
      let line = encoder.line(for: record)
      #expect(line.count <= RecordEncoder.lineLimit)
      #expect(line.last == 0x0A && !line.dropLast().contains { $0 < 0x20 || $0 == 0x7F })
      let parsed = try #require(try Line.all(in: String(decoding: line, as: UTF8.self)).first)
      #expect(parsed.sequence == number && parsed.action == record.action.rawValue)
      // Foundation's parser drops a byte order mark at the start of a text.
      func text(_ string: String) -> [Unicode.Scalar] { string.unicodeScalars.filter { $0 != "\u{FEFF}" } }
      let isWhole = line.count < RecordEncoder.lineLimit - 200
      #expect(!isWhole || text(parsed.message) == text(message))
    }
  }

  @Test("differ by the number alone, whatever it is, and leave room for the largest")
  func numbers() {
    var random = Seeded(7)
    for _ in 0..<50 {
      let draft = RecordEncoder(serviceVersion: "0").draft(of: record(&random).0)
      let one = draft.line(numbered: 1)
      let most = draft.line(numbered: .max)
      #expect(most.count == one.count + 18 && most.count <= RecordEncoder.lineLimit)
      #expect(draft.count == one.count)
    }
  }

  @Test("have ids that are unique and tell their time")
  func ids() throws {
    let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    var seen: Set<String> = []
    var random = Seeded(3)
    for _ in 0..<2_000 {
      let time = Timestamp(microseconds: Int64.random(in: 0..<253_402_300_799_000_000, using: &random))
      let id = ULID(at: time, using: &random).description
      #expect(seen.insert(id).inserted && id.count == 26)
      let milliseconds = id.prefix(10).reduce(Int64(0)) { $0 * 32 + Int64(alphabet.firstIndex(of: $1)!) }
      #expect(milliseconds == time.microseconds / 1_000)
    }
  }

  @Test("have times that are read as they are written")
  func times() {
    var random = Seeded(5)
    for _ in 0..<2_000 {
      let time = Timestamp(
        microseconds: Int64.random(in: -62_135_596_800_000_000..<253_402_300_800_000_000, using: &random))
      #expect(Timestamp(rfc3339: time.rfc3339) == time)
    }
    for text in [
      "", "2026-02-30T00:00:00.000000Z", "2026-01-01T24:00:00.000000Z", "2026-01-01T00:00:00Z",
      "٢٠٢٦-01-01T00:00:00.000000Z", "2026-13-01T00:00:00.000000Z",
    ] {
      #expect(Timestamp(rfc3339: text) == nil, "\(text)")
    }
  }
}
