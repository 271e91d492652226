import Media
import Testing

@Suite("Paths as text")
struct PathTextTests {
  @Test(
    "leave UTF-8 as it is, and keep every other byte as a private scalar",
    arguments: [
      (Array("/a/ümlaut/面.mp4".utf8), "/a/ümlaut/面.mp4"),
      ([], ""),
      // Latin-1.
      ([0x63, 0x61, 0x66, 0xE9], "caf\u{10FFE9}"),
      // The beginning of a character, and its end.
      ([0xE9, 0x9D, 0x2F, 0xA2], "\u{10FFE9}\u{10FF9D}/\u{10FFA2}"),
      // An overlong slash and a surrogate are no UTF-8.
      ([0xC0, 0xAF], "\u{10FFC0}\u{10FFAF}"),
      ([0xED, 0xA0, 0x80], "\u{10FFED}\u{10FFA0}\u{10FF80}"),
      // A name that has such a scalar by itself.
      (Array("\u{10FFE9}".utf8), "\u{10FFF4}\u{10FF8F}\u{10FFBF}\u{10FFA9}"),
      (Array("\u{10FF7F}\u{10FFFF}x".utf8), "\u{10FF7F}\u{10FFF4}\u{10FF8F}\u{10FFBF}\u{10FFBF}x"),
    ])
  func known(bytes: [UInt8], text: String) {
    #expect(PathText.text(of: bytes) == text)
    #expect(PathText.bytes(of: text) == bytes)
    #expect(PathText.cString(of: text) == bytes.map { CChar(bitPattern: $0) } + [0])
  }

  @Test("give back any bytes", arguments: 0..<8)
  func roundTrip(seed: Int) {
    var random = LinearRandom(seed: UInt64(seed))
    // Bytes of real sequences, so that broken and whole ones meet.
    let likely: [UInt8] = [0x2F, 0x41, 0x80, 0x8F, 0x9D, 0xBF, 0xC3, 0xE9, 0xED, 0xA0, 0xF4, 0xFF]
    for _ in 0..<2_000 {
      let bytes = (0..<random.below(12)).map { _ in
        random.below(3) == 0 ? UInt8(random.below(256)) : likely[random.below(likely.count)]
      }
      #expect(PathText.bytes(of: PathText.text(of: bytes)) == bytes, "\(bytes)")
    }
  }
}
