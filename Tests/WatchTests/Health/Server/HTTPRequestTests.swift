import Testing

@testable import Watch

@Suite("Requests")
struct HTTPRequestTests {
  private func read(_ text: String) -> HTTPReading { HTTPReading(Array(text.utf8)) }

  private func refusal(_ text: String) -> HTTPStatus? {
    if case .refusal(let status) = read(text) { status } else { nil }
  }

  @Test("are read with what matters in them")
  func whole() {
    let text =
      "GET /api/picture?stream=B%C3%BCro%201&have=7&have=8 HTTP/1.1\r\nHOST: 127.0.0.1:9090\r\n"
      + "authorization:\tBearer abc \r\nAccept: */*\r\n\r\n"
    guard case .request(let request, let length) = read(text + "GET") else {
      Issue.record("not read")
      return
    }
    #expect(length == text.utf8.count)
    #expect(request.method == .get && request.path == "/api/picture")
    #expect(request.query == ["stream": "Büro 1", "have": "7"])
    #expect(request.host == "127.0.0.1:9090" && request.authorization == "Bearer abc")
    #expect(request.staysOpen)
  }

  @Test("end the connection when they say so, and in HTTP/1.0")
  func closing() {
    for text in ["HEAD / HTTP/1.1\r\nHost: a\r\nConnection: TE, Close\r\n\r\n", "HEAD / HTTP/1.0\r\n\r\n"] {
      guard case .request(let request, _) = read(text) else {
        Issue.record("not read: \(text)")
        continue
      }
      #expect(request.method == .head && !request.staysOpen)
    }
  }

  @Test("are waited for until their head is complete, byte by byte")
  func incomplete() {
    let text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    for count in 0..<text.utf8.count { #expect(HTTPReading(Array(text.utf8.prefix(count))) == .incomplete) }
  }

  @Test(
    "are refused when they are anything else",
    arguments: [
      ("GET / HTTP/1.1\r\n\r\n", HTTPStatus.badRequest), ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", .badRequest),
      ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", .versionNotSupported),
      ("GET / FTP/1.1\r\nHost: a\r\n\r\n", .badRequest), ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", .methodNotAllowed),
      ("G\u{0}T / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest), ("GET /\u{7F} HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest),
      ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest),
      ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", .methodNotAllowed),
      ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .badRequest), ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", .badRequest),
      ("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", .badRequest), ("GET / HTTP/1.1\r\nHost: a\rX\r\n\r\n", .badRequest),
      ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", .badRequest),
      ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", .badRequest),
      ("GET /?stream=%zz HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest),
      ("GET /?stream=%ff HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest),
      ("GET /?stream=%4 HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest), ("\r\n\r\n", .badRequest),
      ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", .badRequest),
    ])
  func refused(text: String, status: HTTPStatus) {
    #expect(refusal(text) == status, "\(text)")
  }

  @Test("may have 8 KiB and 64 headers, no more")
  func bounds() {
    #expect(read("GET /" + String(repeating: "a", count: 8000)) == .incomplete)
    #expect(refusal("GET /" + String(repeating: "a", count: 8192)) == .headersTooLarge)
    let headers = String(repeating: "X: y\r\n", count: 64)
    #expect(refusal("GET / HTTP/1.1\r\nHost: a\r\n\(headers)\r\n") == .headersTooLarge)
  }

  @Test("never crash the reader, whatever bytes come")
  func fuzz() {
    var random = SystemRandomNumberGenerator()
    let base = Array("GET /api/picture?stream=a%20b&x HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n".utf8)
    for _ in 0..<20_000 {
      var bytes = base
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.insert([0x0D, 0x0A, 0x20, 0x3A, 0x25, 0x00].randomElement(using: &random)!, at: index)
        default: bytes.remove(at: index)
        }
      }
      if case .request(let request, let length) = HTTPReading(bytes) {
        #expect(length <= bytes.count && request.path.hasPrefix("/"))
      }
    }
  }
}

@Suite("A connection")
struct HTTPConnectionTests {
  private static let request = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
  private let answer: (HTTPRequest) -> HTTPResponse = { HTTPResponse(.ok, $0.path) }

  private func text(_ connection: HTTPConnection) -> String { String(decoding: connection.pending, as: UTF8.self) }

  @Test("answers requests one after another, also those that come at once")
  func pipelining() {
    var connection = HTTPConnection(at: 0)
    let second = Array("HEAD /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8)
    connection.received((Self.request + second)[...], at: 1, answer: answer)
    #expect(connection.wantsOutput && !connection.wantsInput)
    #expect(text(connection).hasPrefix("HTTP/1.1 200 OK\r\n") && text(connection).hasSuffix("keep-alive\r\n\r\n/\n"))
    connection.didSend(connection.pending.count, at: 2, answer: answer)
    #expect(text(connection).hasSuffix("Connection: close\r\n\r\n") && text(connection).contains("Content-Length: 3"))
    #expect(!connection.isOver)
    connection.didSend(connection.pending.count, at: 3, answer: answer)
    #expect(connection.isOver)
  }

  @Test("gives a request five seconds, however busily it drips")
  func slowRequest() {
    var connection = HTTPConnection(at: 0)
    #expect(connection.deadline == 20)
    for second in 10..<20 { connection.received(Self.request[second...second], at: Double(second), answer: answer) }
    #expect(connection.deadline == 15)
  }

  @Test("gives a reader five seconds for each piece and a minute for all of an answer")
  func slowReader() {
    var connection = HTTPConnection(at: 0)
    connection.received(Self.request[...], at: 1, answer: answer)
    #expect(connection.deadline == 6)
    for second in 2..<59 { connection.didSend(1, at: Double(second), answer: answer) }
    #expect(connection.deadline == 61)
  }

  @Test("rests for twenty seconds between two requests")
  func rests() {
    var connection = HTTPConnection(at: 0)
    connection.received(Self.request[...], at: 1, answer: answer)
    connection.didSend(connection.pending.count, at: 2, answer: answer)
    #expect(connection.deadline == 22 && connection.wantsInput)
  }

  @Test("answers nonsense once and listens no more")
  func nonsense() {
    var connection = HTTPConnection(at: 0)
    connection.received(Array("PUT / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)[...] + Self.request[...], at: 1, answer: answer)
    #expect(text(connection).hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
    #expect(text(connection).contains("\r\nAllow: GET, HEAD\r\n"))
    connection.didSend(connection.pending.count, at: 2, answer: answer)
    #expect(connection.isOver)
  }
}
