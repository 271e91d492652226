import Foundation
import Media
import Testing

@testable import Records
@testable import Watch

/// A server on a free port of loopback, asked over real sockets.
private final class Desk {
  let clock = ManualClock()
  let board: StatusBoard
  let server: HTTPServer
  var address: ListenAddress { server.address }

  init(_ listen: String = "127.0.0.1:0", token: String? = nil, staleAfter: Double = 60) throws {
    board = StatusBoard(now: clock.now)
    let configuration = HealthConfiguration(
      listen: ListenAddress(listen), token: token.map { Secret($0) }, staleAfter: staleAfter)
    let desk = HealthDesk(board: board, identity: .test, sink: { SinkStatus() }, configuration)
    server = HTTPServer(try ListeningSocket(try #require(configuration.listen)), answer: desk.answer)
    server.start()
  }

  func add(_ name: String, url: String = "rtsp://***@10.0.0.5/s1") -> StreamStatus {
    board.add(StreamDetails(name: name, kind: "rtsp", url: url))
  }

  func ask(_ target: String, method: String = "GET", headers: [String] = []) throws -> Answer {
    try TestClient.ask(address, target, method: method, headers: headers)
  }

  /// The value of a sample in a scrape.
  func metric(_ line: String) throws -> Double? {
    let text = try ask("/metrics").text
    return text.split(separator: "\n").first { $0.hasPrefix(line + " ") }.flatMap {
      Double($0.split(separator: " ").last!)
    }
  }
}

extension ServiceIdentity {
  static let test = ServiceIdentity(version: "1.2.3", model: "unet_v1", modelVersion: "0.1.0", modelSHA256: "ab12")
}

@Suite("The health server")
struct HealthServerTests {
  @Test("answers 503 with the reason while the analysis is stuck, and 200 when it moves again")
  func neverWellWhileWedged() async throws {
    let desk = try Desk()
    let lobby = desk.add("lobby")
    lobby.enter(.online, reason: "connected")
    lobby.frameArrived(isSampled: true)
    lobby.frameAnalysed(faces: 0, delay: 0.1)
    #expect(try desk.ask("/healthz").status == 200)
    for _ in 0..<35 {
      lobby.isAttended()
      lobby.frameArrived(isSampled: true)
      desk.clock.advance(1)
    }
    let answer = try desk.ask("/healthz")
    #expect(answer.status == 503)
    let json = try answer.json
    #expect(json["status"] as? String == "failing")
    #expect(((json["problems"] as? [[String: Any]])?.first?["reason"]) as? String == "analysis_stuck")
    #expect(json["last_frame_seconds"] as? Double == 1)
    #expect(json["last_analysed_seconds"] as? Double == 35)
    #expect(try desk.metric("unmask_healthy") == 0)
    lobby.frameAnalysed(faces: 0, delay: 0.1)
    #expect(try desk.ask("/healthz").status == 200)
    await desk.server.stop()
  }

  @Test("answers 503 that names every camera when all have been dead for too long")
  func allDead() async throws {
    let desk = try Desk(staleAfter: 20)
    for name in ["lobby", "gate"] { desk.add(name).enter(.lost, reason: "refused", explanation: "nobody listens") }
    desk.clock.advance(21)
    for stream in desk.board.streams { stream.isAttended() }
    let answer = try desk.ask("/healthz")
    #expect(answer.status == 503)
    #expect(answer.text.contains("lobby (lost, refused), gate (lost, refused)"))
    await desk.server.stop()
  }

  @Test("is ready once every stream has been tried, and says which have not")
  func readiness() async throws {
    let desk = try Desk()
    _ = desk.add("lobby")
    desk.add("gate").enter(.lost, reason: "refused")
    let early = try desk.ask("/readyz")
    #expect(early.status == 503)
    #expect(try early.json["untried"] as? [String] == ["lobby"])
    desk.board.becomeReady()
    #expect(try desk.ask("/readyz").status == 200)
    await desk.server.stop()
  }

  @Test("tells rates that fall to nothing when frames stop, and counters that balance")
  func rates() async throws {
    let desk = try Desk()
    let lobby = desk.add("lobby")
    lobby.enter(.online, reason: "connected")
    for index in 0..<500 {
      desk.clock.advance(0.04)
      let isSampled = index.isMultiple(of: 10)
      lobby.frameArrived(isSampled: isSampled)
      guard isSampled else { continue }
      if index.isMultiple(of: 50) {
        lobby.framesDropped()
      } else {
        lobby.frameAnalysed(faces: 1, delay: 0.05)
      }
    }
    let label = "{stream=\"lobby\"}"
    #expect(abs(try #require(try desk.metric("unmask_stream_decoded_fps" + label)) - 25) < 1)
    func count(_ name: String) throws -> Double { try #require(try desk.metric("unmask_stream_\(name)\(label)")) }
    #expect(try count("frames_decoded_total") == 500)
    #expect(
      try count("frames_sampled_total")
        == count("frames_analysed_total") + count("frames_dropped_total") + count("frames_failed_total"))
    // The camera is dead, though nobody has said so yet.
    desk.clock.advance(11)
    for rate in ["decoded_fps", "sampled_fps", "analysed_fps"] { #expect(try count(rate) == 0, "\(rate)") }
    #expect(try count("frames_decoded_total") == 500)
    await desk.server.stop()
  }

  @Test("has a reason for every state it tells")
  func reasons() async throws {
    let desk = try Desk()
    for state in StreamStatus.State.allCases {
      let stream = desk.add(state.rawValue)
      if state != .connecting { stream.enter(state, reason: "because") }
    }
    let streams = try #require(try desk.ask("/api/status").json["streams"] as? [[String: Any]])
    #expect(streams.count == StreamStatus.State.allCases.count)
    for stream in streams { #expect((stream["reason"] as? String)?.isEmpty == false) }
    await desk.server.stop()
  }

  @Test("tells of whoever stands the reason, the score and what it is held against")
  func people() async throws {
    let desk = try Desk()
    desk.add("lobby").note(
      PersonReport(
        track: 4, phase: .started, label: "inconclusive", reason: "not_cleared", score: 0.5, threshold: 0.9,
        clearance: 0.2, duration: 3))
    let streams = try #require(try desk.ask("/api/status").json["streams"] as? [[String: Any]])
    let person = try #require((streams[0]["people"] as? [[String: Any]])?.first)
    #expect(person["label"] as? String == "inconclusive" && person["score"] as? Double == 0.5)
    #expect(person["reason"] as? String == "not_cleared")
    #expect(person["threshold"] as? Double == 0.9 && person["clearance"] as? Double == 0.2)
    await desk.server.stop()
  }

  @Test("shows a picture once, with who is in it, and asks for the next one by being asked")
  func pictures() async throws {
    let desk = try Desk()
    let lobby = desk.add("Büro & Eingang")
    let target = "/api/picture?stream=B%C3%BCro%20%26%20Eingang"
    #expect(!lobby.wantsPicture())
    #expect(try desk.ask(target).status == 204)
    #expect(lobby.wantsPicture())
    let face = StatusPicture.Face(track: 3, x: 0.25, y: 0.5, width: 0.125, height: 0.2, score: 0.93, isMarked: true)
    lobby.show(StatusPicture(bytes: [0xFF, 0xD8, 7], width: 640, height: 360, faces: [face]))
    let answer = try desk.ask(target + "&have=0")
    #expect(answer.status == 200 && answer.body == [0xFF, 0xD8, 7])
    #expect(answer.headers["content-type"] == "image/jpeg")
    #expect(
      answer.headers["x-faces"] == "[{\"track\":3,\"box\":[0.25,0.5,0.125,0.2],\"score\":0.93,\"marked\":true}]")
    #expect(try desk.ask(target + "&have=" + #require(answer.headers["x-picture"])).status == 204)
    #expect(try desk.ask("/api/picture?stream=none").status == 404)
    #expect(try desk.ask("/api/picture").status == 404)
    await desk.server.stop()
  }

  @Test("serves a page that takes nothing from elsewhere and lets nothing of its own be taken")
  func page() async throws {
    let desk = try Desk()
    for (path, type) in [
      ("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript"), ("/icon.svg", "image/svg+xml"),
      ("/card.js", "text/javascript"), ("/timeline.js", "text/javascript"), ("/words.js", "text/javascript"),
      ("/daemon.js", "text/javascript"),
    ] {
      let answer = try desk.ask(path)
      #expect(answer.status == 200 && answer.headers["content-type"]?.hasPrefix(type) == true, "\(path)")
      let outside = answer.text.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
      #expect(!outside.contains("http://") && !outside.contains("https://") && !outside.contains("@import"), "\(path)")
      #expect(!outside.contains("innerHTML") && !outside.contains("style=\"") && !outside.contains("onclick"))
    }
    let headers = try desk.ask("/").headers
    let policy = try #require(headers["content-security-policy"])
    for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
      #expect(policy.contains(part))
    }
    #expect(!policy.contains("unsafe"))
    #expect(headers["x-content-type-options"] == "nosniff" && headers["referrer-policy"] == "no-referrer")
    #expect(headers["cache-control"] == "no-store")
    await desk.server.stop()
  }

  @Test("keeps what it knows from those without the token, but not whether it is well")
  func token() async throws {
    let desk = try Desk(token: "s3cret")
    desk.add("lobby").enter(.lost, reason: "refused")
    for path in ["/metrics", "/api/status", "/api/picture?stream=lobby"] {
      let answer = try desk.ask(path)
      #expect(answer.status == 401 && answer.headers["www-authenticate"] == "Bearer realm=\"unmask\"")
      #expect(!answer.text.contains("lobby"))
      #expect(try desk.ask(path, headers: ["Authorization: Bearer s3cre7"]).status == 401)
      #expect(try desk.ask(path, headers: ["Authorization: Bearer s3cret"]).status != 401)
    }
    #expect(try desk.ask("/healthz").text == "{\"status\":\"ok\"}\n")
    #expect(try desk.ask("/readyz").text == "{\"ready\":false}\n")
    #expect(try desk.ask("/healthz", headers: ["Authorization: Bearer s3cret"]).text.contains("lobby"))
    #expect(try desk.ask("/").status == 200)
    await desk.server.stop()
  }

  @Test("tells a hostile name and address as text, in JSON and in metrics")
  func hostileNames() async throws {
    let desk = try Desk()
    let names = [
      "<script>alert(1)</script>", "a\"} 1\nunmask_healthy 9\n#", "back\\slash", "\u{202E}gpj", "\u{0}\u{1B}[2J", "",
      "</title><img src=x onerror=alert(1)>",
    ]
    for name in names { desk.add(name).enter(.lost, reason: "refused", explanation: name) }
    let streams = try #require(try desk.ask("/api/status").json["streams"] as? [[String: Any]])
    #expect(streams.map { $0["name"] as? String } == names)
    let metrics = try desk.ask("/metrics").text
    #expect(metrics.contains(#"unmask_stream_queue_frames{stream="a\"} 1\nunmask_healthy 9\n#"} 0"#))
    #expect(metrics.split(separator: "\n").count { $0.hasPrefix("unmask_healthy ") } == 1)
    // The page is the same for whatever names: it holds none.
    #expect(!(try desk.ask("/").text.contains("alert(")))
    for answer in [try desk.ask("/api/status"), try desk.ask("/healthz")] {
      #expect(answer.headers["content-type"] == "application/json")
    }
    await desk.server.stop()
  }

  @Test("never shows a password, whatever characters it is made of")
  func passwords() async throws {
    let desk = try Desk()
    var random = SystemRandomNumberGenerator()
    let alphabet = Array("abcXYZ019-._~:/?#[]@!$&'()*+,;=%\"<>\\^`{|} äß漢😀")
    var cores: [String] = []
    var locations: [Location] = []
    for _ in 0..<100 {
      let core = "Zq\(UInt32.random(in: 0 ... .max, using: &random))"
      let noise = (0..<6).map { _ in alphabet.randomElement(using: &random)! }
      let password = String(noise.prefix(3)) + core + String(noise.suffix(3))
      cores.append(core)
      locations.append(Location("rtsp://admin:\(password)@10.0.0.5:554/stream?a=1"))
      locations.append(Location("rtsp://10.0.0.5/stream", user: "admin", password: password))
    }
    for (name, location) in zip(StreamName.names(for: locations), locations) {
      // As a stream's owner tells it.
      desk.add(name, url: location.redacted).enter(
        .lost, reason: "refused", explanation: "\(location): connection refused")
    }
    desk.clock.advance(100)
    for path in ["/healthz", "/readyz", "/metrics", "/api/status"] {
      let text = try desk.ask(path).text
      for core in cores { #expect(!text.contains(core), "\(path)") }
    }
    await desk.server.stop()
  }

  @Test("only reads")
  func methods() async throws {
    let desk = try Desk()
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"] {
      #expect(try desk.ask("/", method: method).status == 405, "\(method)")
    }
    let head = try desk.ask("/metrics", method: "HEAD")
    #expect(head.status == 200 && head.body.isEmpty)
    #expect(try #require(Int(head.headers["content-length"] ?? "")) > 1000)
    for path in [
      "/../etc/passwd", "//", "/%2e%2e/", "/page.html", "/metrics/", "/api/",
      "/." + String(repeating: "/", count: 4000),
    ] {
      #expect(try desk.ask(path).status == 404, "\(path.prefix(20))")
    }
    await desk.server.stop()
  }

  @Test("refuses endless headers with an answer that arrives, and goes on")
  func hugeHeaders() async throws {
    let desk = try Desk()
    let client = try TestClient(desk.address)
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
    let isTaken = client.send(String(repeating: "a", count: 8 << 20))
    if isTaken { client.send("\r\n\r\n") }
    // Whoever sends that much may be cut off before the answer is read; whoever sends a little too much may not.
    _ = client.receiveAll()
    let modest = try TestClient(desk.address)
    modest.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + String(repeating: "a", count: 60_000) + "\r\n\r\n")
    #expect(try Answer(try #require(modest.receiveAll())).status == 431)
    #expect(try desk.ask("/healthz").status == 200)
    await desk.server.stop()
  }

  @Test("answers although more clients than it serves hold half a request each, or never read")
  func slowClients() async throws {
    let desk = try Desk()
    // An answer that no socket's memory holds.
    for index in 0..<300 {
      let stream = desk.add("camera-\(index)")
      stream.took(0.01, in: .decode)
      stream.took(0.01, in: .detect)
      stream.took(0.01, in: .segment)
    }
    var held: [TestClient] = []
    for index in 0..<(HTTPServer.mostConnections * 2) {
      let client = try TestClient(desk.address)
      let isReader = index.isMultiple(of: 8)
      client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + (isReader ? "\r\n" : "X: "))
      held.append(client)
    }
    for _ in 0..<5 { #expect(try desk.ask("/healthz").status == 200) }
    #expect(try desk.ask("/metrics").text.hasSuffix("\n"))
    held.removeAll()
    await desk.server.stop()
  }

  @Test("serves many requests on one connection")
  func keepsConnections() async throws {
    let desk = try Desk()
    let client = try TestClient(desk.address)
    let request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    client.send(String(repeating: request, count: 20) + "GET / HTTP/1.0\r\n\r\n")
    let text = String(decoding: try #require(client.receiveAll()), as: UTF8.self)
    #expect(text.components(separatedBy: "HTTP/1.1 503 ").count == 21)
    #expect(text.hasSuffix("</html>\n"))
    await desk.server.stop()
  }

  @Test("listens at a socket in the file system, takes over what a dead daemon left, and leaves nothing")
  func localSocket() async throws {
    let path = NSTemporaryDirectory() + "unmask-\(UUID().uuidString.prefix(8)).sock"
    leaveSocket(at: path)
    try #require(FileManager.default.fileExists(atPath: path))
    var desk: Desk? = try Desk(path)
    #expect(try TestClient.ask(.socket(path: path), "/healthz", host: "anything").status == 200)
    #expect(throws: ListenError.self) { try ListeningSocket(.socket(path: path)) }
    await desk?.server.stop()
    desk = nil
    #expect(!FileManager.default.fileExists(atPath: path))
    try "mine".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: ListenError.self) { try ListeningSocket(.socket(path: path)) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    try FileManager.default.removeItem(atPath: path)
  }

  /// What a daemon leaves that was killed: the file without a listener.
  private func leaveSocket(at path: String) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_un()
    place.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &place.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
    unsafe withUnsafeBytes(of: &place) {
      unsafe _ = bind(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
    }
    close(descriptor)
  }

  @Test("says where it cannot listen and why")
  func taken() async throws {
    let desk = try Desk()
    let error = #expect(throws: ListenError.self) { try ListeningSocket(desk.address) }
    #expect(error?.description == "health cannot be served at \(desk.address): another program listens there")
    await desk.server.stop()
  }
}
