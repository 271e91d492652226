internal import Foundation

/// Why nobody can be listened to at an address.
struct ListenError: Error, Sendable, Hashable, CustomStringConvertible {
  let address: ListenAddress
  let reason: String

  var description: String { "health cannot be served at \(address): \(reason)" }
}

/// A socket that takes connections, from its making to its end.
final class ListeningSocket: Sendable {
  /// Connections that the system holds until they are taken.
  private static let backlog: Int32 = 64

  let descriptor: Int32
  /// Where it really listens: with the port that the system chose.
  let address: ListenAddress

  /// Binds at once, so that an address that is taken is known before anything else begins.
  init(_ address: ListenAddress) throws(ListenError) {
    let family =
      switch address {
      case .network(let host, _): host.contains(":") ? AF_INET6 : AF_INET
      case .socket: AF_UNIX
      }
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Self.flags, 0)
    guard descriptor >= 0 else { throw Self.failure(address) }
    self.descriptor = descriptor
    do throws(ListenError) {
      switch address {
      case .network(let host, let port): try Self.bind(descriptor, host, port, address)
      case .socket(let path): try Self.bind(descriptor, path, address)
      }
      guard listen(descriptor, Self.backlog) == 0 else { throw Self.failure(address) }
    } catch {
      close(descriptor)
      throw error
    }
    if case .network(let host, 0) = address {
      self.address = .network(host: host, port: Self.port(of: descriptor))
    } else {
      self.address = address
    }
  }

  deinit {
    if case .socket(let path) = address { unsafe unlink(path) }
    close(descriptor)
  }

  /// What `flags` say, for descriptors that come without them.
  @Sendable static func prepare(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  /// Not handed on to children, and never waited for.
  static var flags: Int32 { Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue) }

  private static func bind(
    _ descriptor: Int32, _ host: String, _ port: UInt16, _ address: ListenAddress
  ) throws(ListenError) {
    var yes: Int32 = 1
    // A daemon that restarts need not wait for the connections of the one before.
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var status: Int32
    if host.contains(":") {
      // What is meant for IPv6 is not taken for IPv4 as well.
      unsafe setsockopt(
        descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, socklen_t(MemoryLayout<Int32>.size))
      var place = sockaddr_in6()
      place.sin6_family = sa_family_t(AF_INET6)
      place.sin6_port = port.bigEndian
      guard unsafe inet_pton(AF_INET6, host, &place.sin6_addr) == 1 else {
        throw ListenError(address: address, reason: "\(host) is no IPv6 address")
      }
      status = unsafe withUnsafeBytes(of: &place) { unsafe bind(descriptor, $0) }
    } else {
      var place = sockaddr_in()
      place.sin_family = sa_family_t(AF_INET)
      place.sin_port = port.bigEndian
      guard unsafe inet_pton(AF_INET, host, &place.sin_addr) == 1 else {
        throw ListenError(address: address, reason: "\(host) is no IPv4 address")
      }
      status = unsafe withUnsafeBytes(of: &place) { unsafe bind(descriptor, $0) }
    }
    guard status == 0 else { throw failure(address) }
  }

  private static func bind(_ descriptor: Int32, _ path: String, _ address: ListenAddress) throws(ListenError) {
    var place = sockaddr_un()
    place.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8) + [0]
    guard bytes.count <= MemoryLayout.size(ofValue: place.sun_path) else {
      throw ListenError(address: address, reason: "a socket's path has at most 107 bytes")
    }
    unsafe withUnsafeMutableBytes(of: &place.sun_path) { unsafe $0.copyBytes(from: bytes) }
    try removeRemnant(path, place, address)
    // The owner and the group, whatever the umask: a scraper is put into the group.
    guard unsafe withUnsafeBytes(of: &place, { unsafe bind(descriptor, $0) }) == 0, unsafe chmod(path, 0o660) == 0
    else { throw failure(address) }
  }

  /// A daemon that was killed leaves its socket behind. One that lives, and any other file, stays.
  private static func removeRemnant(
    _ path: String, _ place: sockaddr_un, _ address: ListenAddress
  ) throws(ListenError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw ListenError(address: address, reason: "there is another file of this name")
    }
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | flags, 0)
    defer { close(probe) }
    var place = place
    let isAlive = unsafe withUnsafeBytes(of: &place) { bytes in
      guard let base = bytes.baseAddress else { return false }
      return unsafe connect(
        probe, base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) == 0 || errno == EAGAIN
    }
    guard !isAlive else { throw ListenError(address: address, reason: "another program listens there") }
    unsafe unlink(path)
  }

  private static func bind(_ descriptor: Int32, _ place: UnsafeRawBufferPointer) -> Int32 {
    guard let base = place.baseAddress else { return -1 }
    return unsafe Glibc.bind(descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(place.count))
  }

  private static func port(of descriptor: Int32) -> UInt16 {
    var place = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return unsafe withUnsafeMutablePointer(to: &place) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe _ = getsockname(descriptor, $0, &length)
      }
      // The port lies at the same place in both families.
      return unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        unsafe UInt16(bigEndian: $0.pointee.sin_port)
      }
    }
  }

  private static func failure(_ address: ListenAddress) -> ListenError {
    let code = errno
    let reason = code == EADDRINUSE ? "another program listens there" : unsafe String(cString: strerror(code))
    return ListenError(address: address, reason: reason)
  }
}
