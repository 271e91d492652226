import Testing

@testable import Watch

@Suite("Values of a configuration")
struct QuantitiesTests {
  @Test("are times with the units that people write")
  func seconds() {
    let good: [(String, Double)] = [
      ("2.5", 2.5), ("500ms", 0.5), ("90s", 90), ("90 s", 90), ("5min", 300), ("5m", 300), ("12h", 43_200),
      ("30d", 2_592_000),
    ]
    for (text, value) in good { #expect(Quantities.seconds(text) == value, "\(text)") }
    for text in ["", "s", "5 parsecs", "5ss", "h5", "nan", "inf", "1e999", "0x5", "５", "5\n"] {
      #expect(Quantities.seconds(text) == nil, "\(text)")
    }
  }

  @Test("are sizes with the units that people write")
  func bytes() {
    for (text, value) in [("4096", 4096), ("64MiB", 64 << 20), ("1.5 GB", 1_500_000_000), ("2kB", 2000), ("7B", 7)] {
      #expect(Quantities.bytes(text) == value, "\(text)")
    }
    for text in ["-5", "5 mb", "GB", "1e300", "9999999TiB"] { #expect(Quantities.bytes(text) == nil, "\(text)") }
  }

  @Test("are spelled so that they read the same again")
  func spelling() {
    for bytes in [0, 1000, 1 << 20, 3 << 30, 64 << 10, 1 << 50] {
      #expect(Quantities.bytes(Quantities.spelled(bytes: bytes)) == bytes)
    }
    for seconds in [0.1, 1, 60, 90, 3600, 86_400] {
      #expect(Quantities.seconds(Quantities.spelled(seconds: seconds)) == seconds)
    }
  }

  @Test("hold environment variables only where a name stands in braces")
  func variables() throws {
    let environment = ["A": "x", "EMPTY": "", "NEST": "${A}"]
    func expand(_ text: String) -> String? { try? Variables.expand(text, environment).text }
    #expect(expand("${A}") == "x")
    #expect(expand("1${A}2${A}") == "1x2x")
    #expect(expand("$A $$ $") == "$A $$ $")
    #expect(expand("$${A}") == "${A}")
    #expect(expand("$$${A}") == "$${A}")
    #expect(expand("${NEST}") == "${A}")
    #expect(expand("${EMPTY}") == "")
    #expect(expand("${EMPTY:-y}") == "y")
    #expect(expand("${B:-}") == "")
    #expect(expand("${B:-y:-z}") == "y:-z")
    for text in ["${B}", "${", "${}", "${A", "${1A}", "${A-B}", "${ A}"] { #expect(expand(text) == nil, "\(text)") }
  }

  @Test("are told from those that were meant by the slips of a finger")
  func distance() {
    #expect(EditDistance.between("", "abc") == 3)
    #expect(EditDistance.between("kitten", "sitting") == 3)
    #expect(EditDistance.between("tpc", "tcp") == 1)
    #expect(EditDistance.between("window", "window") == 0)
    let keys = ConfigurationKeys.names(of: SettingKey.self)
    for key in keys {
      // One slip anywhere leads back.
      for index in key.indices where key.count > 4 {
        var slipped = key
        slipped.remove(at: index)
        #expect(EditDistance.closest(to: slipped, among: keys) == key, "\(slipped)")
      }
      #expect(EditDistance.closest(to: key.replacing("_", with: "-").uppercased(), among: keys) == key)
    }
    #expect(EditDistance.closest(to: "colour", among: keys) == nil)
    #expect(EditDistance.closest(to: String(repeating: "x", count: 10_000), among: keys) == nil)
  }
}
