import Testing

@testable import Media

@Suite("Redaction")
struct RedactionTests {
  @Test(
    "a location shows neither user nor password",
    arguments: [
      ("rtsp://admin:secret@10.0.0.5:554/s1", "rtsp://***@10.0.0.5:554/s1"),
      ("rtsp://admin:p@ss@10.0.0.5/s1", "rtsp://***@10.0.0.5/s1"),
      ("rtsp://admin:p%40ss%2F1@cam/s1", "rtsp://***@cam/s1"),
      ("rtsp://admin:pa/ss#w?d@cam/s1", "rtsp://***@cam/s1"),
      ("https://token@host/live.m3u8", "https://***@host/live.m3u8"),
      ("http://host/video?user=joe&pwd=secret&channel=1", "http://host/video?user=***&pwd=***&channel=1"),
      ("rtsp://cam/user=admin&password=secret&channel=1.sdp", "rtsp://cam/user=***&password=***&channel=1.sdp"),
      ("rtsp://cam:554/plain", "rtsp://cam:554/plain"),
      ("rtsp://[fe80::1]:554/plain", "rtsp://[fe80::1]:554/plain"),
      ("ftp://joe:secret@host/file", "ftp://***@host/file"),
    ])
  func redacts(address: String, shown: String) {
    let location = Location(address)
    #expect(location.redacted == shown)
    #expect("\(location)" == shown)
  }

  @Test("no password shows, whatever characters it is made of, in an address or given apart")
  func neverShows() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array("abcXYZ019-._~:/?#[]@!$&'()*+,;=%\"<>\\^`{|} äß漢😀")
    for _ in 0..<2_000 {
      let core = "Zq\(UInt32.random(in: 0 ... .max, using: &random))"
      let noise = (0..<Int.random(in: 0...8, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
      let password = String(noise.prefix(4)) + core + String(noise.dropFirst(4))
      let scheme = ["rtsp", "rtsps", "http", "https", "RTSP"].randomElement(using: &random)!
      for location in [
        Location("\(scheme)://admin:\(password)@10.0.0.5:554/stream?a=1"),
        Location("\(scheme)://admin:\(PercentEncoding.encoded(password))@10.0.0.5/stream"),
        Location("\(scheme)://10.0.0.5/stream", user: "admin", password: password),
        Location("\(scheme)://10.0.0.5/stream?password=\(PercentEncoding.encoded(password))"),
      ] {
        #expect(!location.description.contains(core), "\(password)")
        #expect(location.description.contains("10.0.0.5"))
        // FFmpeg repeats what it was given; no message shows it either.
        Redaction.remember(location)
        let message = Redaction.message("[rtsp @ 0x1] '\(location.address)': bad (\(password)), \(core) again")
        Redaction.forget(location)
        #expect(!message.replacing("\(core) again", with: "").contains(core), "\(password): \(message)")
      }
    }
  }

  @Test("a user and password given apart reach FFmpeg percent-encoded")
  func encodesCredentials() {
    let location = Location("rtsp://cam/s1", user: "bo b", password: "p@ss/w:1#")
    #expect(location.address == "rtsp://bo%20b:p%40ss%2Fw%3A1%23@cam/s1")
    #expect(location.redacted == "rtsp://***@cam/s1")
    #expect(Location("rtsp://old:older@cam/s1", user: "new", password: "x").address == "rtsp://new:x@cam/s1")
  }

  @Test(
    "the kind follows from the text",
    arguments: [
      ("-", Location.Kind.standardInput), ("a b/film.mp4", .file), ("/x/list.m3u8", .file),
      ("img%04d.png", .imageSequence),
      ("50%.mp4", .file), ("file:///tmp/a%20b.mp4", .file), ("rtsps://x/y", .rtsp), ("http://x/y.M3U8?z", .hls),
      ("https://x/y.mp4", .http), ("concat:a|b", .file), ("udp://239.0.0.1:1234", .unsupported),
    ])
  func recognisesKind(text: String, kind: Location.Kind) { #expect(Location(text).kind == kind) }

  @Test(
    "base64 is that of RFC 4648",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ])
  func encodesBase64(plain: String, encoded: String) { #expect(Base64.encoded(Array(plain.utf8)) == encoded) }
}
