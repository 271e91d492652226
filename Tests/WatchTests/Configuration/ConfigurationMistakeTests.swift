import Foundation
import Testing

@testable import Watch

@Suite("Mistakes in a configuration")
struct ConfigurationMistakeTests {
  @Test("are told all at once, each with its line and column")
  func all() {
    let mistakes = bad(
      """
      defaults:
        fps: fast
        min-face: 40
        transport: tpc
      stream:
        - rtsp://h/x
      streams:
        - name: lobby
          source: rtsp://h/a
          windwo: 5
        - name: lobby
          sorce: rtsp://h/b
      health:
        listen: nowhere
        fps: 3
      """)
    #expect(
      mistakes.map { String($0.prefix { $0 != " " }) } == [
        "u.yaml:2:8:", "u.yaml:3:3:", "u.yaml:4:14:", "u.yaml:5:1:", "u.yaml:10:5:", "u.yaml:11:5:", "u.yaml:11:11:",
        "u.yaml:12:5:", "u.yaml:14:11:", "u.yaml:15:3:",
      ], "\(mistakes.joined(separator: "\n"))")
    func mistake(_ place: String) -> String { mistakes.first { $0.hasPrefix("u.yaml:\(place):") } ?? "" }
    #expect(mistake("2:8").contains("'fast'"))
    #expect(mistake("3:3").contains("did you mean `min_face`?"))
    #expect(mistake("4:14").contains("did you mean `tcp`?"))
    #expect(mistake("5:1").contains("did you mean `streams`?"))
    #expect(mistake("10:5").contains("did you mean `window`?"))
    #expect(mistake("11:11").contains("as in line 8"))
    #expect(mistake("12:5").contains("did you mean `source`?"))
    #expect(mistake("15:3").contains("`fps` belongs in `defaults`, or in a stream"))
  }

  @Test(
    "have one sentence that names the value and the way out",
    arguments: [
      ("defaults: {fps: 0}", "between 0.01 and 1000, not '0'"),
      ("defaults: {fps: nan}", "should be a number"),
      ("defaults: {fps: 0x10}", "should be a number"),
      ("defaults: {fps: '3'}", "without quotes"),
      ("defaults: {fps: [3]}", "not a list"),
      ("defaults: {fps: {a: b}}", "not a mapping"),
      ("defaults: {fps: }", "has no value"),
      ("defaults: {fps: 3, key_frames: true}", "exclude each other"),
      ("defaults: {every_frame: true, key_frames: true}", "exclude each other"),
      ("defaults: {key_frames: maybe}", "true or false"),
      ("defaults: {min_face: 5}", "at least 12"),
      ("defaults: {min_face: 200%}", "share of the picture's height"),
      ("defaults: {threshold: 1.5}", "between 0 and 1"),
      ("defaults: {window: 2d}", "between 0.1 s and 1 h"),
      ("defaults: {window: soon}", "a time such as"),
      ("defaults: {min_ballots: 2.5}", "whole number"),
      ("defaults: {margin: 0.7}", "between 0 and 0.5"),
      ("defaults: {backoff_min: 5s, backoff_max: 2s}", "longer than the longest"),
      ("defaults: {frozen_after: never}", "off, or a time"),
      ("defaults: {evidence: clip}", "names no `directory`"),
      ("defaults: {evidence: film}", "none, picture or clip"),
      ("defaults: 5", "should be a mapping"),
      ("analysis: {threads: 0}", "between 1 and 256"),
      ("analysis: {model: /no/such/model}", "does not exist"),
      ("output: {rotate_bytes: 5}", "between 64 KiB and"),
      ("output: {fsync: often}", "never, alerts, records, or a time"),
      ("output: {file: ''}", "is empty"),
      ("evidence: {max_bytes: 5XB}", "a size such as"),
      ("health: {listen: 70000}", "an address such as"),
      ("health: {listen: example.org:80}", "an address such as"),
      ("health: {token: 'has space'}", "visible ASCII"),
      ("health: {token: a, token_file: b}", "exclude each other"),
      ("limits: {pixels: 1}", "between 10000 and"),
      ("streams: {lobby: {source: x}}", "should be a list"),
      ("streams: rtsp://h/a", "should be a list"),
      ("streams: [{name: a}]", "needs a `source`"),
      ("streams: [[a]]", "not a list"),
      ("streams: [{source: 'ftp://h/a'}]", "of a kind that is not read"),
      ("streams: [{source: '-'}]", "on the command line"),
      ("streams: [{source: 'rtsp://h/a', name: '../x'}]", "folders are named after it"),
      ("streams: [{source: 'rtsp://h/a', name: 'a/b'}]", "folders are named after it"),
      ("streams: [{source: 'rtsp://h/a', loop: true}]", "is for files"),
      ("streams: [{source: /x.mp4, user: anna}]", "a file asks for none"),
      ("streams: [{source: 'rtsp://h/a', password: a, password_file: b}]", "exclude each other"),
      ("streams: [{source: 'rtsp://${NO_SUCH}/a'}]", "${NO_SUCH}, which is not set"),
      ("streams: [{source: 'rtsp://${1x}/a'}]", "begins no variable"),
      ("streams: [{source: 'rtsp://${x'}]", "begins no variable"),
      ("streams: [{source: 'rtsp://h/a', password_file: '${CREDENTIALS_DIRECTORY}/a'}]", "LoadCredential="),
      ("a: 1\na: 2", "more than once"),
      ("defaults: {fps: 1, fps: 2}", "more than once"),
      ("a: [1", "is not YAML"),
      ("\tx: 1", "is not YAML"),
      ("a: *b", "undefined alias"),
      ("--- 1\n--- 2", "another document"),
      ("[1, 2]", "the file should be a mapping"),
      ("[a]: 1", "a key should be a word"),
    ])
  func sentences(text: String, expected: String) {
    let mistakes = bad(text)
    #expect(mistakes.contains { $0.contains(expected) }, "\(mistakes)")
    #expect(mistakes.allSatisfy { !$0.contains("\n") })
  }

  @Test("never repeat a secret, nor what a variable holds")
  func secrets() {
    let environment = ["PASSWORD": "hunter2", "FPS": "hunter2"]
    for text in [
      "defaults: {fps: '${FPS}'}", "defaults: {transport: '${FPS}'}",
      "streams: [{source: 'ftp://anna:hunter2@h/a'}]", "streams: [{source: /x, password: hunter2}]",
      "streams: [{source: 'rtsp://h/a', passwort: hunter2}]", "streams: [{rtsp://anna:hunter2@h/a: 1}]",
      "health: {token: 'hunter2 x'}", "streams: [{source: 'rtsp://h/a', password: 'hunter2${X}'}]",
      "streams: [{source: 'rtsp://h/a', password: [hunter2]}]",
    ] {
      for mistake in bad(text, environment: environment) { #expect(!mistake.contains("hunter2"), "\(mistake)") }
    }
  }

  @Test("include a file that cannot be read")
  func unreadable() throws {
    for (path, why) in [("/no/such/file", "No such file"), ("/tmp", "is a folder"), ("/proc/self/exe", "")] {
      let reading = ConfigurationFile.read(path)
      #expect(reading.mistakes.count == 1)
      let told = reading.mistakes[0].description
      #expect(told.hasPrefix(path) && (why.isEmpty || told.contains(why)), "\(told)")
    }
  }

  @Test("are found in whatever bytes a file holds, and within bounds")
  func bounds() {
    let bomb =
      "a: &a [x,x,x,x,x,x,x,x,x]\n"
      + (1..<9).map { i in
        let (name, last) = (String(UnicodeScalar(UInt8(97 + i))), String(UnicodeScalar(UInt8(96 + i))))
        return "\(name): &\(name) [\(Array(repeating: "*" + last, count: 9).joined(separator: ","))]\n"
      }.joined() + "? *i\n: 1\n"
    #expect(bad(bomb).first?.contains("aliases") == true)
    #expect(bad(String(repeating: "[", count: 200_000)).count == 1)
    #expect(bad(String(repeating: "a:\n", count: 2000).indentedEver()).count >= 1)
    #expect(bad("x: " + String(repeating: "y", count: 2 << 20)).first?.contains("bytes") == true)
    let many = "streams:\n" + (0..<1001).map { "  - {name: s\($0), source: 'rtsp://h/\($0)'}\n" }.joined()
    #expect(bad(many).first?.contains("1001 streams") == true)
  }

  @Test("or none come of any mutation of a good file, but never a crash")
  func fuzz() throws {
    let seed = try Data(contentsOf: URL(fileURLWithPath: ConfigurationDocuments.path("unmask.yaml")))
    let uncommented = ConfigurationDocuments.uncommented(String(decoding: seed, as: UTF8.self))
    let original = Array(uncommented.utf8)
    var random = SplitMix(state: 7)
    for _ in 0..<300 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert("{}[]:-#&*!|>'\"%@`,?\n ".utf8.randomElement(using: &random) ?? 32, at: place)
        default:
          let end = min(bytes.count, place + Int.random(in: 1...200, using: &random))
          bytes.replaceSubrange(place..<end, with: [])
          if bytes.isEmpty { bytes = original }
        }
      }
      let reading = ConfigurationFile.read(
        text: String(decoding: bytes, as: UTF8.self), file: "f", environment: ["GATE_PASSWORD": "hunter2"])
      #expect((reading.configuration == nil) == !reading.mistakes.isEmpty)
      for mistake in reading.mistakes { #expect(!mistake.description.contains("\n")) }
    }
  }
}

/// A small generator with a fixed beginning, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension String {
  /// Each line one level deeper than the one before.
  fileprivate func indentedEver() -> String {
    split(separator: "\n").enumerated().map { String(repeating: " ", count: $0) + $1 }.joined(separator: "\n")
  }
}
