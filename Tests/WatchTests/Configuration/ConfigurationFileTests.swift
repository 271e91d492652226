import Faces
import Forensics
import Foundation
import Media
import Records
import Testing

@testable import Watch

@Suite("A configuration file")
struct ConfigurationFileTests {
  @Test("may be empty, and then holds what the program does by itself")
  func empty() throws {
    for text in ["", "# nothing\n", "streams:\ndefaults:\nhealth:\n", "streams: []\ndefaults: {}\n", "---\n", "~\n"] {
      #expect(try good(text) == WatchConfiguration(streams: []))
    }
  }

  @Test("gives every stream the defaults, which it may override one by one")
  func defaults() throws {
    let configuration = try good(
      """
      defaults:
        fps: 5
        min_face: 8%
        window: 1min
        frozen_after: off
      streams:
        - name: lobby
          source: rtsp://10.0.0.5/lobby
          min_face: 60
          frozen_after: 20
          key_frames: true
          weight: 3
        - rtsp://10.0.0.6/gate
      """)
    let (lobby, gate) = (configuration.streams[0], configuration.streams[1])
    #expect(configuration.streams.map(\.name) == ["lobby", "gate"])
    #expect(lobby.settings.sampling == .keyFrames)
    #expect(lobby.settings.minimumFace == .pixels(60))
    #expect(lobby.settings.votes.window == 60)
    #expect(lobby.settings.frozenAfter == 20)
    #expect(lobby.settings.weight == 3)
    #expect(gate.settings.sampling == .rate(5))
    #expect(gate.settings.minimumFace == .shareOfHeight(0.08))
    #expect(gate.settings.frozenAfter == nil)
    #expect(gate.settings.blackAfter == StreamSettings().blackAfter)
  }

  @Test("lets a stream take back how it is sampled")
  func takingBack() throws {
    let configuration = try good(
      "defaults: {key_frames: true}\nstreams:\n  - {name: a, source: rtsp://h/a, key_frames: false}\n"
        + "  - {name: b, source: rtsp://h/b, fps: 7}\n  - {name: c, source: rtsp://h/c}\n")
    #expect(configuration.streams.map(\.settings.sampling) == [.rate(3), .rate(7), .keyFrames])
  }

  @Test("fills every other section")
  func sections() throws {
    let configuration = try good(
      """
      analysis: {threads: 7}
      output: {file: /var/log/u.jsonl, rotate_bytes: 64MiB, rotate_age: 1d, keep: 3, fsync: 5s, queue: 50, queue_bytes: 1MiB}
      evidence: {directory: /var/lib/u, max_bytes: 5GB, max_age: 7d, clip_before: 2, clip_after: 3s}
      health: {listen: 9330, token: secret, stale_after: 2min}
      limits: {ring_frames: 9, ring_bytes: 1GiB, stats_interval: 10s, stop_timeout: 5s, pixels: 2000000, media_streams: 3,
               probe_bytes: 1MB, probe_time: 500ms}
      """)
    #expect(configuration.models == ModelConfiguration(threads: 7))
    #expect(
      configuration.output
        == OutputConfiguration(
          path: "/var/log/u.jsonl", rotation: .init(bytes: 64 << 20, age: 86_400, keep: 3), sync: .every(5),
          queue: .init(records: 50, bytes: 1 << 20)))
    #expect(
      configuration.evidence
        == EvidenceConfiguration(
          directory: "/var/lib/u", maximumBytes: 5_000_000_000, maximumAge: 7 * 86_400, clipBefore: 2, clipAfter: 3))
    #expect(configuration.health.listen == .network(host: "127.0.0.1", port: 9330))
    #expect(configuration.health.token?.plain == "secret")
    #expect(configuration.health.staleAfter == 120)
    #expect(configuration.limits.ringFrames == 9)
    #expect(configuration.limits.ringBytes == 1 << 30)
    #expect(configuration.limits.statsInterval == 10)
    #expect(configuration.limits.stopTimeout == 5)
    #expect(configuration.limits.source.pixels == 2_000_000)
    #expect(configuration.limits.source.streams == 3)
    #expect(configuration.limits.source.probeBytes == 1_000_000)
    #expect(configuration.limits.source.probeSeconds == 0.5)
  }

  @Test("yields to the command line in its defaults, not in what a stream says of itself")
  func overrides() throws {
    var overrides = ConfigurationOverrides(sources: ["rtsp://h/extra"])
    overrides.sampling = .everyFrame
    overrides.window = 3
    overrides.threads = 2
    overrides.output.path = "/tmp/o"
    let configuration = try good(
      "analysis: {threads: 9}\noutput: {file: /tmp/f, keep: 4}\ndefaults: {fps: 5}\nstreams:\n"
        + "  - {name: a, source: rtsp://h/a, fps: 9}\n  - {name: b, source: rtsp://h/b}\n", overrides: overrides)
    #expect(configuration.streams.map(\.name) == ["a", "b", "extra"])
    #expect(configuration.streams.map(\.settings.sampling) == [.rate(9), .everyFrame, .everyFrame])
    #expect(configuration.streams.allSatisfy { $0.settings.votes.window == 3 })
    #expect(configuration.threads == 2)
    #expect(configuration.output.path == "/tmp/o")
    #expect(configuration.output.rotation.keep == 4)
  }

  @Test("yields to what the command line says of the file of records, `off` included")
  func outputOverrides() throws {
    var overrides = ConfigurationOverrides()
    let text = "output: {file: /tmp/f, rotate_bytes: 1MiB, rotate_age: 1d, fsync: records}"
    #expect(try good(text, overrides: overrides).output.rotation == .init(bytes: 1 << 20, age: 86_400))
    try overrides.output.rotate(atBytes: "off", option: "-b")
    try overrides.output.rotate(atAge: "12h", option: "-a")
    try overrides.output.forceToDisk("5s", option: "-f")
    let output = try good(text, overrides: overrides).output
    #expect(output == OutputConfiguration(path: "/tmp/f", rotation: .init(bytes: nil, age: 43_200), sync: .every(5)))
    // Without a file of its own the command line asks for no sync, unless it says so.
    #expect(ConfigurationFile.read(nil, overrides: overrides).configuration?.output.sync == .every(5))
    #expect(throws: ConfigurationMistake.self) { try overrides.output.rotate(atBytes: "1kB", option: "-b") }
    #expect(throws: ConfigurationMistake.self) { try overrides.output.rotate(atAge: "1s", option: "-a") }
    #expect(throws: ConfigurationMistake.self) { try overrides.output.forceToDisk("1ms", option: "-f") }
  }

  @Test("is not needed by a command line")
  func commandLineAlone() throws {
    let reading = ConfigurationFile.read(nil, overrides: ConfigurationOverrides(sources: ["-", "rtsp://h/a", "b.mp4"]))
    #expect(reading.mistakes.isEmpty)
    #expect(reading.configuration?.streams.map(\.name) == ["standard input", "a", "b"])
    #expect(reading.configuration?.output == OutputConfiguration(sync: .never))
  }

  @Test("gives names to streams without one, and none that another has")
  func names() throws {
    let configuration = try good(
      "streams:\n  - rtsp://h/cam\n  - {name: cam, source: rtsp://i/x}\n  - rtsp://j/cam\n")
    #expect(configuration.streams.map(\.name) == ["cam-2", "cam", "cam-3"])
  }

  @Test("takes environment variables, and leaves dollar signs alone")
  func variables() throws {
    let environment = ["HOST": "10.0.0.5", "FPS": "4", "NAME": "lob: [by", "EMPTY": ""]
    let configuration = try good(
      """
      streams:
        - name: ${NICK:-lobby}
          source: rtsp://${HOST}/a$$b$c
          fps: "${FPS}"
          password: x$${y}
          user: ${EMPTY:-anna}
        - name: ${NICK:-gate}
          source: ${NAME}
      """, environment: environment)
    #expect(configuration.streams[0].name == "lobby")
    #expect(configuration.streams[0].location.redacted == "rtsp://***@10.0.0.5/a$$b$c")
    #expect(configuration.streams[0].location == Location("rtsp://10.0.0.5/a$$b$c", user: "anna", password: "x${y}"))
    #expect(configuration.streams[0].settings.sampling == .rate(4))
    // What a variable holds is a value, never more of the file.
    #expect(configuration.streams[1].location == Location("lob: [by"))
  }

  @Test("takes a password as it is written, whatever is in it, and shows none")
  func passwords() throws {
    let hostile = [
      "p@ss/w:rd?#%41 &x", "'single'", "\"double\"", "back\\slash", "12345", "0x1F", "null", "true", "ünï", "a b  c",
      "- x",
      "{a: b}", "*alias", "%", "$HOME", "a${", "}", "p\u{200d}q",
    ]
    for password in hostile {
      // YAML's own single quotes hold any text; `${` is the reader's own.
      let quoted = password.replacing("'", with: "''").replacing("${", with: "$${")
      let text =
        "streams: [{name: a, source: 'rtsp://h/a', user: anna, password: '\(quoted)'}]\nhealth: {token: tok-e-n}"
      let configuration = try good(text)
      #expect(configuration.streams[0].location == Location("rtsp://h/a", user: "anna", password: password))
      var dumped = ""
      dump(configuration.health, to: &dumped)
      let shown = "\(configuration) \(configuration.streams[0].location) \(dumped)"
      #expect(!shown.contains("tok-e-n"))
      #expect(configuration.streams[0].location.redacted == "rtsp://***@h/a")
    }
    // Plain numbers are texts here: no zero is lost.
    let plain = try good("streams: [{name: a, source: 'rtsp://h/a', user: anna, password: 007}]")
    #expect(plain.streams[0].location == Location("rtsp://h/a", user: "anna", password: "007"))
  }

  @Test("takes secrets from files, without the line's end of an editor")
  func secretFiles() throws {
    let folder = NSTemporaryDirectory() + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data("p@ss word\n".utf8).write(to: URL(fileURLWithPath: folder + "/lobby"))
    try Data("tok\r\n".utf8).write(to: URL(fileURLWithPath: folder + "/token"))
    try Data("\n".utf8).write(to: URL(fileURLWithPath: folder + "/empty"))
    try Data(count: 70_000).write(to: URL(fileURLWithPath: folder + "/large"))
    let environment = ["CREDENTIALS_DIRECTORY": folder]
    let configuration = try good(
      "streams: [{source: 'rtsp://h/a', user: u, password_file: '${CREDENTIALS_DIRECTORY}/lobby'}]\n"
        + "health: {token_file: '${CREDENTIALS_DIRECTORY}/token'}", environment: environment)
    #expect(configuration.streams[0].location == Location("rtsp://h/a", user: "u", password: "p@ss word"))
    #expect(configuration.health.token?.plain == "tok")
    for (file, why) in [
      ("missing", "No such file"), ("empty", "is empty"), ("large", "more than 65536 bytes"), ("", "no ordinary file"),
    ] {
      let mistakes = bad(
        "streams: [{source: 'rtsp://h/a', password_file: '${CREDENTIALS_DIRECTORY}/\(file)'}]", environment: environment
      )
      #expect(mistakes.count == 1 && mistakes[0].contains(why), "\(mistakes)")
    }
  }
}
