import Foundation
import Testing

/// What cameras do on a bad day, each with a real server. `Tests/Soak` does more of it, for longer, all at once.
@Suite("unmask watch in trouble", .serialized)
struct TroubleTests {
  private func said(_ action: String, _ reasons: Set<String>? = nil) -> ([[String: Any]]) -> Bool {
    { records in
      records.contains { $0.action == action && (reasons?.contains($0.text("event.reason") ?? "") ?? true) }
    }
  }

  @Test("a camera that hangs is stalled, and goes on when it does")
  func hangs() throws {
    let port = try Camera.freePort()
    let camera = try Camera(port: port, clip: "camera.mp4")
    let running = try Program.Running(["watch", "--fps", "2", "rtsp://127.0.0.1:\(port)/cam"])
    try running.wait(until: said("stream.online"))
    camera.freeze()
    try running.wait(until: said("stream.stalled", ["no_packets"]))
    camera.thaw()
    try running.wait(until: said("stream.recovered"))
    running.signal(SIGTERM)
    let result = try running.wait(limit: 20)
    #expect(result.status == 0)
    try expectValid(result.output)
    for stats in result.records where stats.action == "stats" { expectBalance(stats) }
  }

  @Test("a camera that sends damaged pictures is watched all the same, and they do not vote")
  func damaged() throws {
    let port = try Camera.freePort()
    let camera = try Camera(port: port, clip: "camera.mp4", "--corrupt", "0.5")
    let running = try Program.Running(["watch", "--fps", "5", "rtsp://127.0.0.1:\(port)/cam"])
    try running.wait(until: said("stream.online"))
    Thread.sleep(forTimeInterval: 4)
    running.signal(SIGTERM)
    let result = try running.wait(limit: 20)
    camera.stop()
    #expect(result.status == 0)
    let stats = try #require(result.records.last { $0.action == "stats" })
    expectBalance(stats)
    #expect((stats.number("unmask.counters.withheld") ?? 0) > 0)
  }

  @Test("keeps the picture of an alert, with its mask, and the video around it; both are named in the record")
  func evidence() throws {
    let folder = try Scratch()
    let result = try Program.run(
      "watch", "--exit-zero", "--evidence", folder.file("kept"), "--evidence-kind", "clip",
      try Program.cached("media/demo.mp4"))
    #expect(result.status == 0, "\(result.errors)")
    try expectValid(result.output)
    let alert = try #require(result.records.first { $0.action == "verdict.start" && $0.text("event.kind") == "alert" })
    for key in ["unmask.evidence", "unmask.clip"] {
      let path = try #require(alert.text(key))
      #expect(path.hasPrefix("demo/"))
      let kept = try Data(contentsOf: URL(fileURLWithPath: folder.file("kept/" + path)))
      #expect(kept.count > 10_000)
      #expect(kept.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]) || kept.dropFirst(4).prefix(4) == Data("ftyp".utf8))
    }
    let end = try #require(result.records.first { $0.action == "verdict.end" && $0.text("event.kind") == "alert" })
    #expect(end.text("unmask.evidence") == alert.text("unmask.evidence"))
  }

  @Test("goes on when evidence cannot be kept, and says so once")
  func evidenceNowhere() throws {
    let result = try Program.run(
      "watch", "--exit-zero", "--evidence", "/dev/null/kept", try Program.cached("media/demo.mp4"))
    #expect(result.status == 0)
    #expect(result.complaints.count { $0.contains("/dev/null/kept") } == 1)
    #expect(result.records.contains { $0.action == "verdict.start" && $0.text("event.kind") == "alert" })
    #expect(result.records.allSatisfy { $0.text("unmask.evidence") == nil })
  }
}
