/// The status codes that are given here.
enum HTTPStatus: Int, Error, Sendable, Hashable {
  case ok = 200
  case noContent = 204
  case badRequest = 400
  case unauthorised = 401
  case notFound = 404
  case methodNotAllowed = 405
  case misdirected = 421
  case headersTooLarge = 431
  case unavailable = 503
  case versionNotSupported = 505

  var phrase: String {
    switch self {
    case .ok: "OK"
    case .noContent: "No Content"
    case .badRequest: "Bad Request"
    case .unauthorised: "Unauthorized"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .misdirected: "Misdirected Request"
    case .headersTooLarge: "Request Header Fields Too Large"
    case .unavailable: "Service Unavailable"
    case .versionNotSupported: "HTTP Version Not Supported"
    }
  }
}

/// An answer.
struct HTTPResponse: Sendable, Hashable {
  var status: HTTPStatus
  /// What the body is, such as `text/plain; charset=utf-8`.
  var type: String
  var body: [UInt8]
  /// Further headers: names and values of ours alone, never anything that came with a request.
  var headers: [String: String] = [:]

  init(_ status: HTTPStatus = .ok, type: String, body: [UInt8]) {
    self.status = status
    self.type = type
    self.body = body
  }

  /// One sentence.
  init(_ status: HTTPStatus, _ sentence: String) {
    self.init(status, type: "text/plain; charset=utf-8", body: Array((sentence + "\n").utf8))
  }

  /// What a connection gets that spoke nonsense.
  static func refusal(_ status: HTTPStatus) -> HTTPResponse {
    var response = HTTPResponse(status, status.phrase)
    if status == .methodNotAllowed { response.headers["Allow"] = "GET, HEAD" }
    return response
  }

  /// Sent with every answer: nothing of it is kept, framed, guessed at or read by other sites, and a page runs and shows
  /// what comes from here alone.
  private static let always = [
    ("Cache-Control", "no-store"),
    (
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        + "trusted-types 'none'"
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
  ]

  /// The bytes on the wire.
  /// - Parameters:
  ///   - hasBody: false answers HEAD: the headers of the body without it.
  ///   - staysOpen: whether another request may follow.
  func encoded(hasBody: Bool, staysOpen: Bool) -> [UInt8] {
    var head = "HTTP/1.1 \(status.rawValue) \(status.phrase)\r\n"
    if status != .noContent { head += "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\n" }
    for (name, value) in Self.always + headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
    head += "Connection: \(staysOpen ? "keep-alive" : "close")\r\n\r\n"
    return Array(head.utf8) + (hasBody && status != .noContent ? body : [])
  }
}
