internal import Foundation

/// The way to tell systemd how the service fares: a datagram to the socket that it names in the environment
/// (sd_notify(3)), without a library.
struct NotifySocket: Sendable {
  /// A path, or a name in the abstract namespace behind an `@`.
  let address: String

  /// Nil when nobody wants to be told.
  init?(_ environment: [String: String]) {
    guard let address = environment["NOTIFY_SOCKET"], address.hasPrefix("/") || address.hasPrefix("@"),
      (2...Self.longest).contains(address.utf8.count)
    else { return nil }
    self.address = address
  }

  /// Bytes that fit into a socket address beside the final zero of a path.
  private static let longest = 107

  /// Sends assignments such as `READY=1`, all in one datagram, and never waits.
  /// - Returns: whether the socket took it; one that is full for the moment does not.
  @discardableResult
  func send(_ assignments: [String]) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    var name = Array(address.utf8)
    // The abstract namespace is marked by a zero byte, and ends with the length, not with a zero.
    if name[0] == UInt8(ascii: "@") { name[0] = 0 }
    unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: name) }
    let prefix = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
    let length = socklen_t(prefix + name.count + (name[0] == 0 ? 0 : 1))
    let message = Array(assignments.joined(separator: "\n").utf8)
    let sent = unsafe withUnsafePointer(to: &target) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe message.withUnsafeBytes { bytes in
          unsafe sendto(
            descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL), address,
            length)
        }
      }
    }
    return sent == message.count
  }
}

/// How often systemd wants to hear that the service works.
enum Watchdog {
  /// Seconds after the last sign of life at which systemd ends the service; nil when it does not watch this process.
  static func interval(_ environment: [String: String], process: Int32 = getpid()) -> Double? {
    if let owner = environment["WATCHDOG_PID"], owner != "\(process)" { return nil }
    guard let microseconds = environment["WATCHDOG_USEC"].flatMap(UInt64.init), microseconds > 0 else { return nil }
    return Double(microseconds) / 1e6
  }
}
