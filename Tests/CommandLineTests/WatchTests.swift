import Foundation
import Testing

@Suite("unmask watch", .serialized)
struct WatchTests {
  @Test("goes on with its records when a camera is lost and comes back")
  func reconnects() throws {
    let port = try Camera.freePort()
    var camera: Camera? = try Camera(port: port)
    let running = try Program.Running(["watch", "--fps", "2", "rtsp://127.0.0.1:\(port)/cam"])
    func count(_ action: String) -> ([[String: Any]]) -> Bool {
      { records in records.contains { $0.action == action } }
    }
    try running.wait(until: count("stream.online"))
    try running.wait(until: count("verdict.start"))
    camera?.stop()
    camera = nil
    try running.wait(until: count("stream.lost"))
    camera = try Camera(port: port)
    try running.wait(until: count("stream.recovered"))
    try running.wait { records in
      let recovered = records.firstIndex { $0.action == "stream.recovered" } ?? .max
      return records.indices.contains { $0 > recovered && records[$0].action == "verdict.start" }
    }
    running.signal(SIGTERM)
    let result = try running.wait(limit: 20)
    camera?.stop()
    #expect(result.status == 0)
    try expectValid(result.output)
    #expect(result.records.last?.action == "service.stop")
    // Every started verdict has ended.
    #expect(
      result.records.count { $0.action == "verdict.start" } <= result.records.count { $0.action == "verdict.end" })
    for stats in result.records where stats.action == "stats" { expectBalance(stats) }
    let lost = try #require(result.records.first { $0.action == "stream.lost" })
    #expect(lost.text("event.reason") != nil)
  }

  @Test("tells a refused stream from an unauthorised one, and never prints a password")
  func refusals() throws {
    let port = try Camera.freePort()
    let refused = try Program.Running(["watch", "rtsp://anna:pa55%40word@127.0.0.1:\(port)/cam"])
    try refused.wait { $0.contains { $0.action == "stream.lost" } }
    refused.signal(SIGINT)
    let first = try refused.wait(limit: 20)
    #expect(first.status == 130)
    #expect(first.records.first { $0.action == "stream.lost" }?.text("event.reason") == "refused")

    let camera = try Camera(port: port, user: "anna", password: "right")
    let unauthorised = try Program.Running(["watch", "rtsp://anna:pa55%40word@127.0.0.1:\(port)/cam"])
    try unauthorised.wait { $0.contains { $0.action == "stream.lost" } }
    unauthorised.signal(SIGTERM)
    let second = try unauthorised.wait(limit: 20)
    camera.stop()
    #expect(second.records.first { $0.action == "stream.lost" }?.text("event.reason") == "unauthorised")
    for result in [first, second] {
      try expectValid(result.output)
      for secret in ["pa55", "anna:"] { #expect(!(result.output + result.errors).contains(secret)) }
      #expect(!result.errors.isEmpty)
    }
  }

  @Test("reads addresses from a file, so that they need not stand in the process list")
  func listedSources() throws {
    let folder = try Scratch()
    let picture = try Program.cached("media/astronaut.png")
    let list = try folder.write(Data("# cameras\n\n  \(picture)  \n".utf8), to: "sources")
    let result = try Program.run("watch", "--exit-zero", "--sources-from", list)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.records.contains { $0.text("unmask.stream.name") == "astronaut" && $0.action == "verdict.end" })
    let empty = try folder.write(Data("# none\n".utf8), to: "empty")
    for bad in [empty, folder.file("missing")] {
      let refused = try Program.run("watch", "--sources-from", bad)
      #expect(refused.status == 2)
      #expect(refused.complaints.count == 1)
    }
  }

  @Test("keeps trying whatever lies on the network, not RTSP alone", arguments: ["cam.m3u8", "cam.ts"])
  func retries(name: String) throws {
    let running = try Program.Running(["watch", "http://127.0.0.1:\(try Camera.freePort())/\(name)"])
    try running.wait { records in records.count { $0.action == "stream.connecting" } >= 2 }
    running.signal(SIGTERM)
    let result = try running.wait(limit: 20)
    #expect(result.status == 0)
    #expect(result.records.first { $0.action == "stream.lost" }?.text("event.reason") == "refused")
  }

  @Test("takes files as well, and ends when they do")
  func files() throws {
    let clip = try Program.cached("media/demo.mp4")
    let result = try Program.run("watch", "--exit-zero", clip, clip)
    #expect(result.status == 0, "\(result.errors)")
    try expectValid(result.output)
    let names = Set(result.records.compactMap { $0.text("unmask.stream.name") })
    #expect(names == ["demo", "demo-2"])
    #expect(result.records.count { $0.action == "stream.online" } == 2)
  }
}
