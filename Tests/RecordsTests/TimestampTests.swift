import Foundation
import Testing

@testable import Records

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "are RFC 3339 in UTC with six decimals",
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (951_782_400_000_001, "2000-02-29T00:00:00.000001Z"),
      (-1, "1969-12-31T23:59:59.999999Z"), (1_767_323_045_678_901, "2026-01-02T03:04:05.678901Z"),
      (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"), (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
    ] as [(Int64, String)])
  func text(microseconds: Int64, expected: String) {
    #expect(Timestamp(microseconds: microseconds).rfc3339 == expected)
  }

  @Test("agree with the system's calendar on random moments from year 1 to 9999")
  func agreement() throws {
    var random = SplitMix(seed: 3)
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime]
    // Foundation switches to the Julian calendar before 1582; RFC 3339 does not.
    for _ in 0..<2_000 {
      let seconds = Int64.random(in: -12_219_292_800..<253_402_300_800, using: &random)
      let ours = Timestamp(microseconds: seconds * 1_000_000).rfc3339
      let theirs = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
      #expect(ours == theirs.replacing("Z", with: ".000000Z"))
    }
  }

  @Test("clamp what no calendar holds", arguments: [Double.nan, .infinity, -.infinity, 1e300])
  func clamping(seconds: Double) {
    #expect(Timestamp(unixSeconds: seconds).rfc3339.count == 27)
  }

  @Test("make ULIDs that sort by time and never repeat")
  func identifiers() {
    let early = (0..<100).map { _ in ULID(at: Timestamp(unixSeconds: 1_000_000)).description }
    let late = ULID(at: Timestamp(unixSeconds: 1_000_000.001)).description
    #expect(Set(early).count == 100)
    #expect(early.allSatisfy { $0 < late && $0.count == 26 && $0.hasPrefix("0000") })
    #expect(ULID(at: Timestamp(unixSeconds: 0)).description.hasPrefix("0000000000"))
  }
}
