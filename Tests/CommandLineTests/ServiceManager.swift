import Foundation
import Testing

/// A socket that stands in for systemd's, and remembers what it is told.
final class ServiceManager {
  let address: String
  private let descriptor: Int32
  private(set) var messages: [String] = []

  /// - Parameter isAbstract: whether it lies in the abstract namespace or on disk.
  init(isAbstract: Bool) throws {
    address = (isAbstract ? "@" : NSTemporaryDirectory()) + "unmask-\(UUID().uuidString)"
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var name = Array(address.utf8)
    if isAbstract { name[0] = 0 }
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: name) }
    let length = socklen_t(2 + name.count + (isAbstract ? 0 : 1))
    let bound = unsafe withUnsafePointer(to: &target) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
    }
    try #require(bound == 0)
  }

  deinit {
    close(descriptor)
    unsafe unlink(address)
  }

  /// The environment that a service finds.
  func environment(watchdog seconds: Double? = nil) -> [String: String] {
    var environment = ["NOTIFY_SOCKET": address]
    if let seconds { environment["WATCHDOG_USEC"] = "\(Int(seconds * 1e6))" }
    return environment
  }

  /// Takes in what has come.
  func listen() {
    var buffer = [UInt8](repeating: 0, count: 8192)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
      }
      guard count >= 0 else { return }
      messages.append(String(decoding: buffer[..<count], as: UTF8.self))
    }
  }

  /// Assignments of all messages so far, in order.
  var lines: [Substring] {
    listen()
    return messages.flatMap { $0.split(separator: "\n") }
  }

  func forget() {
    listen()
    messages = []
  }
}
