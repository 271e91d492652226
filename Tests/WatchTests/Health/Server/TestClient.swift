import Foundation
import Testing

@testable import Watch

/// A client that sends any bytes, and waits for the answer until the server closes the connection.
final class TestClient {
  private let descriptor: Int32

  init(_ address: ListenAddress) throws {
    switch address {
    case .network(let host, let port):
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var place = sockaddr_in()
      place.sin_family = sa_family_t(AF_INET)
      place.sin_port = port.bigEndian
      unsafe inet_pton(AF_INET, host, &place.sin_addr)
      try Self.connect(descriptor, place)
    case .socket(let path):
      descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var place = sockaddr_un()
      place.sun_family = sa_family_t(AF_UNIX)
      unsafe withUnsafeMutableBytes(of: &place.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
      try Self.connect(descriptor, place)
    }
    // A server that does not answer fails the test instead of holding it.
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      unsafe setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  deinit { close(descriptor) }

  private static func connect<Place>(_ descriptor: Int32, _ place: Place) throws {
    var place = place
    let status = unsafe withUnsafeBytes(of: &place) { bytes in
      unsafe Glibc.connect(
        descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
    try #require(status == 0, "nobody listens: \(unsafe String(cString: strerror(errno)))")
  }

  /// - Returns: false when the server does not want to hear it all.
  @discardableResult
  func send(_ text: String) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      bytes.removeFirst(count)
    }
    return true
  }

  /// Everything until the server closes; nil when it does not.
  func receiveAll() -> [UInt8]? {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      if count == 0 { return all }
      guard count > 0 else { return errno == ECONNRESET ? all : nil }
      all += buffer[..<count]
    }
  }

  /// One request on a connection of its own.
  static func ask(
    _ address: ListenAddress, _ target: String, method: String = "GET", headers: [String] = [],
    host: String = "localhost"
  ) throws -> Answer {
    let client = try TestClient(address)
    let lines = ["\(method) \(target) HTTP/1.1", "Host: \(host)", "Connection: close"] + headers
    client.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    return try Answer(try #require(client.receiveAll(), "no answer to \(target)"))
  }
}

/// An answer taken apart.
struct Answer {
  let status: Int
  let headers: [String: String]
  let body: [UInt8]
  var text: String { String(decoding: body, as: UTF8.self) }

  init(_ bytes: [UInt8]) throws {
    let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)), "no head: \(bytes.prefix(200))")
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    status = try #require(Int(lines[0].split(separator: " ")[1]))
    headers = Dictionary(
      lines.dropFirst().map { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        return (String(parts[0]).lowercased(), parts[1].trimmingCharacters(in: .whitespaces))
      }, uniquingKeysWith: { $1 })
    body = Array(bytes[end.upperBound...])
  }

  /// The body as a JSON object.
  var json: [String: Any] {
    get throws { try #require(JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) }
  }
}
