import Foundation
import Testing

@Suite("unmask watch --health", .serialized)
struct HealthTests {
  private func wait(_ what: String, until condition: () throws -> Bool) throws {
    let end = Date(timeIntervalSinceNow: 60)
    while try !condition() {
      try #require(Date() < end, "not within a minute: \(what)")
      Thread.sleep(forTimeInterval: 0.1)
    }
  }

  @Test("tells of a real camera: its picture, its rates, its loss with a reason, and never its password")
  func realCamera() throws {
    let cameraPort = try Camera.freePort()
    let password = #"p"a<5>&5\w"#
    let encoded = "p%22a%3C5%3E%265%5Cw"
    let camera = try Camera(port: cameraPort, user: "anna", password: password)
    let running = try Program.Running([
      "watch", "--fps", "2", "--health", "127.0.0.1:0", "rtsp://anna:\(encoded)@127.0.0.1:\(cameraPort)/cam",
    ])
    let client = try HealthClient(of: running)
    try running.wait { $0.contains { $0.action == "verdict.start" } }
    #expect(client.ask("/healthz")?.status == 200)
    #expect(client.ask("/readyz")?.status == 200)
    // Nobody has looked yet, so nothing was drawn; to ask is to look.
    #expect(client.ask("/api/picture?stream=cam")?.status == 204)
    var picture = Data()
    try wait("a picture") {
      let answer = client.ask("/api/picture?stream=cam")
      picture = answer?.body ?? Data()
      return answer?.status == 200
    }
    #expect(picture.prefix(3) == Data([0xFF, 0xD8, 0xFF]) && picture.count > 5000)
    var told = ["/healthz", "/readyz", "/metrics", "/api/status", "/"].compactMap { try? client.text($0) }
    let metrics = told[2]
    #expect(metrics.contains("unmask_stream_state{stream=\"cam\",state=\"online\"} 1"))
    #expect(try #require(sample(metrics, "unmask_stream_decoded_fps")) > 1)

    camera.stop()
    try running.wait { $0.contains { $0.action == "stream.lost" } }
    told.append(try client.text("/api/status"))
    #expect(told.last!.contains("\"state\":\"lost\",\"reason\":\""))
    let after = try client.text("/metrics")
    func count(_ name: String) -> Double { sample(after, "unmask_stream_frames_\(name)_total") ?? -1 }
    #expect(count("sampled") > 0)
    #expect(count("sampled") == count("analysed") + count("dropped") + count("failed"))
    running.signal(SIGTERM)
    let result = try running.wait(limit: 20)
    #expect(result.status == 0)
    told += [after, result.output, result.errors]
    for text in told {
      for secret in [password, encoded, "anna", #"p\"a<5>&5\\w"#] { #expect(!text.contains(secret)) }
    }
  }

  private func sample(_ metrics: String, _ name: String) -> Double? {
    metrics.split(separator: "\n").first { $0.hasPrefix(name + "{") }.flatMap { Double($0.split(separator: " ").last!) }
  }

  @Test("wants the token of the file, and warns when anybody may ask")
  func access() throws {
    let folder = try Scratch()
    let token = try folder.write(Data("s3cret\n".utf8), to: "token")
    let nowhere = "rtsp://127.0.0.1:\(try Camera.freePort())/cam"
    let running = try Program.Running([
      "watch", "--health", "127.0.0.1:0", "--health-token-file", token, nowhere,
    ])
    let client = try HealthClient(of: running)
    #expect(client.ask("/metrics")?.status == 401)
    #expect(client.ask("/metrics", headers: "Authorization: Bearer s3cret\r\n")?.status == 200)
    running.signal(SIGTERM)
    let result = try running.wait(limit: 20)
    #expect(!(result.output + result.errors).contains("s3cret"))
    #expect(!result.errors.contains("everybody"))

    let open = try Program.Running(["watch", "--health", "0.0.0.0:0", nowhere])
    try open.wait { $0.contains { $0.action == "stream.lost" } }
    open.signal(SIGTERM)
    #expect(try open.wait(limit: 20).errors.contains("to everybody who can reach it"))
  }

  @Test("refuses what cannot be listened to, in one sentence")
  func mistakes() throws {
    let taken = try Camera.freePort()
    let picture = try Program.cached("media/astronaut.png")
    for arguments in [
      ["--health", "nonsense"], ["--health", "127.0.0.1:99999"], ["--health", "/nowhere/at/all.sock"],
      ["--health-token-file", "/etc/passwd"], ["--health", "127.0.0.1:\(taken)", "--health-token-file", "/nowhere"],
    ] {
      let result = try Program.run(["watch"] + arguments + [picture])
      #expect(result.status == 2, "\(arguments): \(result.errors)")
      #expect(!result.errors.isEmpty)
    }
  }
}
