/// Where the daemon answers questions about its health over HTTP.
public struct HealthConfiguration: Sendable, Hashable {
  /// Where to listen; nil for nowhere.
  public var listen: ListenAddress?
  /// What a request must carry as `Authorization: Bearer`; nil for nothing.
  public var token: Secret?
  /// Without a frame from any stream for this long, seconds, the service counts as unhealthy.
  public var staleAfter: Double

  public init(listen: ListenAddress? = nil, token: Secret? = nil, staleAfter: Double = 60) {
    self.listen = listen
    self.token = token
    self.staleAfter = staleAfter
  }
}

/// An address and port of this machine, or the path of a socket.
public enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// `host` is an IPv4 or IPv6 address; port 0 lets the system choose.
  case network(host: String, port: UInt16)
  case socket(path: String)

  /// Reads `8080`, `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` or `/run/unmask/health.sock`.
  public init?(_ text: String) {
    if text.hasPrefix("/") {
      // The path must fit into a socket address (108 bytes with its final zero).
      guard text.utf8.count < 108, !text.utf8.contains(0) else { return nil }
      self = .socket(path: text)
      return
    }
    guard let separator = text.lastIndex(of: ":") else {
      guard let port = Self.port(text[...]) else { return nil }
      self = .network(host: "127.0.0.1", port: port)
      return
    }
    var host = text[..<separator]
    guard let port = Self.port(text[text.index(after: separator)...]) else { return nil }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
    } else if host == "localhost" {
      host = "127.0.0.1"
    } else {
      let parts = host.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) else { return nil }
    }
    self = .network(host: String(host), port: port)
  }

  private static func port(_ text: Substring) -> UInt16? {
    text.allSatisfy { $0.isASCII && $0.isNumber } ? UInt16(text) : nil
  }

  /// Whether nobody but this machine can connect.
  public var isLoopback: Bool {
    switch self {
    case .network(let host, _): host == "::1" || host.hasPrefix("127.")
    case .socket: true
    }
  }

  /// What to type into a browser, or the path of a socket.
  public var url: String {
    switch self {
    case .network: "http://\(self)/"
    case .socket(let path): path
    }
  }

  public var description: String {
    switch self {
    case .network(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .socket(let path): path
    }
  }
}
