import Foundation
import Testing

/// Asks a running program after its health, over plain HTTP.
struct HealthClient {
  let port: Int

  /// Waits until the program says where it listens.
  init(of running: Program.Running) throws {
    let end = Date(timeIntervalSinceNow: 60)
    while true {
      if let match = running.errors.firstMatch(of: /health is served at http:\/\/127\.0\.0\.1:(\d+)/) {
        port = try #require(Int(match.1))
        return
      }
      try #require(Date() < end, "no word of health: \(running.errors)")
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  /// What is answered to a request for `target`; nil when nobody listens any more.
  func ask(_ target: String, headers: String = "") -> (status: Int, body: Data)? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = UInt16(port).bigEndian
    place.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    let isConnected = unsafe withUnsafeBytes(of: &place) {
      unsafe connect(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) == 0
    }
    guard isConnected else { return nil }
    let request = Array("GET \(target) HTTP/1.0\r\n\(headers)\r\n".utf8)
    guard unsafe send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
      return nil
    }
    var answer = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = unsafe recv(descriptor, &buffer, buffer.count, 0), count > 0 {
      answer.append(contentsOf: buffer[..<count])
    }
    guard let end = answer.range(of: Data("\r\n\r\n".utf8)),
      let status = Int(String(decoding: answer.prefix(12).suffix(3), as: UTF8.self))
    else { return nil }
    return (status, answer[end.upperBound...])
  }

  func text(_ target: String, headers: String = "") throws -> String {
    String(decoding: try #require(ask(target, headers: headers)).body, as: UTF8.self)
  }
}
