import Testing

@testable import Watch

@Suite("A change of configuration")
struct ConfigurationChangeTests {
  private func streams(_ lines: String...) -> String { "streams:\n" + lines.map { "  - \($0)\n" }.joined() }

  @Test("leaves streams alone that stay as they are, wherever they stand")
  func untouched() throws {
    let old = try good(
      streams("{name: a, source: 'rtsp://h/a'}", "{name: b, source: 'rtsp://h/b'}", "{name: c, source: 'rtsp://h/c'}"))
    let new = try good(
      streams(
        "{name: d, source: 'rtsp://h/d'}", "{name: b, source: 'rtsp://h/b', fps: 9}", "{name: a, source: 'rtsp://h/a'}")
    )
    let change = ConfigurationChange(from: old, to: new)
    #expect(change.added.map(\.name) == ["d"])
    #expect(change.removed.map(\.name) == ["c"])
    #expect(change.changed.map(\.name) == ["b"])
    #expect(change.untouched.map(\.name) == ["a"])
    #expect(change.summary == "1 stream added, 1 removed, 1 changed, 1 untouched")
    #expect(ConfigurationChange(from: new, to: new).changed.isEmpty)
  }

  @Test("notices a new password, which no description shows")
  func password() throws {
    let old = try good(streams("{name: a, source: 'rtsp://h/a', user: u, password: one}"))
    let new = try good(streams("{name: a, source: 'rtsp://h/a', user: u, password: two}"))
    #expect(ConfigurationChange(from: old, to: new).changed.map(\.name) == ["a"])
  }

  @Test("names the sections that need a restart, again and again until there was one")
  func restart() throws {
    let old = try good("analysis: {threads: 1}")
    let new = try good("analysis: {threads: 2}\noutput: {file: /tmp/x}\nlimits: {ring_frames: 2}")
    let change = ConfigurationChange(from: old, to: new)
    #expect(change.parts == ["analysis", "output", "limits"])
    #expect(change.needRestart == ["analysis", "output"])
    #expect(change.summary.hasSuffix("analysis, output after a restart only"))
    let inForce = change.inForce(from: old, to: new)
    #expect(inForce.threads == 1)
    #expect(inForce.limits.ringFrames == 2)
    #expect(ConfigurationChange(from: inForce, to: new).needRestart == ["analysis", "output"])
    #expect(ConfigurationChange(from: inForce, to: old).needRestart.isEmpty)
  }
}
