import Foundation
import Testing

@testable import Records

@Suite("JSON objects of a record")
struct JSONTests {
  private func text(_ object: JSONObject) -> String { String(decoding: object.encoded(), as: UTF8.self) }

  @Test("keep their keys in the order they were set, and leave absent values out")
  func order() {
    var object = JSONObject()
    object.set("z", 1)
    object.set("a", "x")
    object.set("nothing", nil as String?)
    object.set("empty", JSONObject())
    object.set("m", .array([true, .integer(-2)]))
    #expect(text(object) == #"{"z":1,"a":"x","m":[true,-2]}"#)
  }

  @Test(
    "print numbers in fixed notation without trailing zeros",
    arguments: [
      (0.0, 3, "0"), (-0.0004, 3, "0"), (0.5, 6, "0.5"), (12.3456, 2, "12.35"), (-1.05, 2, "-1.05"), (100, 3, "100"),
      (0.001, 3, "0.001"), (1e20, 3, "9000000000000000000"), (.infinity, 3, "0"), (.nan, 1, "0"), (0.1 + 0.2, 9, "0.3"),
    ])
  func numbers(value: Double, decimals: Int, expected: String) throws {
    var object = JSONObject()
    object.set("n", value, decimals: decimals)
    #expect(text(object) == "{\"n\":\(expected)}")
  }

  @Test("escape so that any text comes back from an independent parser")
  func escaping() throws {
    var random = SplitMix(seed: 7)
    for _ in 0..<300 {
      let scalars = (0..<Int.random(in: 0..<40, using: &random)).compactMap { _ in
        Unicode.Scalar(
          UInt32.random(in: 0..<0x2_0000, using: &random) & (Bool.random(using: &random) ? 0x7F : 0x1_FFFF))
      }
      let original = String(String.UnicodeScalarView(scalars))
      var object = JSONObject()
      object.set("t", original)
      let bytes = object.encoded()
      #expect(!bytes.contains { $0 < 0x20 })
      let parsed = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String])
      #expect(parsed["t"].map { Array($0.unicodeScalars) } == scalars)
    }
  }

  @Test("shorten their longest texts until the line fits, and stay valid", arguments: [200, 1_000, 7_999])
  func shortening(limit: Int) throws {
    for character in ["a", "\u{1}", "é", "👩‍👩‍👧"] {
      var inner = JSONObject()
      inner.set("path", String(repeating: character, count: 20_000))
      var object = JSONObject()
      object.set("message", "short")
      object.set("other", String(repeating: character, count: 9_000))
      object.set("inner", inner)
      object.shorten(toFit: limit)
      #expect(object.encoded().count <= limit)
      let parsed = try #require(try JSONSerialization.jsonObject(with: Data(object.encoded())) as? [String: Any])
      #expect(parsed["message"] as? String == "short")
    }
  }

  @Test("are left alone when they fit")
  func fitting() {
    var object = JSONObject()
    object.set("message", String(repeating: "x", count: 100))
    let before = object
    object.shorten(toFit: object.encoded().count)
    #expect(object == before)
  }
}

/// A small seeded generator, so that a failing case can be run again.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
