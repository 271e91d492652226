internal import Foundation

/// A descriptor that records are written to, and what lies behind it.
struct OpenFile {
  enum Form: Sendable, Hashable {
    case regular, pipe, socket
    /// A terminal or another device.
    case other
  }

  /// What tells one file from another.
  struct Identity: Sendable, Hashable {
    let device: UInt
    let inode: UInt
  }

  let descriptor: Int32
  let form: Form
  let identity: Identity
  let size: Int
  let mode: mode_t
  let owner: uid_t
  let group: gid_t

  init?(_ descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    self.init(descriptor, status)
  }

  private init(_ descriptor: Int32, _ status: stat) {
    self.descriptor = descriptor
    form =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      default: .other
      }
    identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    size = Int(status.st_size)
    mode = status.st_mode & 0o777
    owner = status.st_uid
    group = status.st_gid
  }

  /// What the last component of a path names at the moment, links not followed; nil for nothing.
  static func identity(at path: String) -> Identity? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    return Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
  }

  /// Whether bytes are taken at once. Regular files always do; a pipe that nobody reads does not.
  func isWritable(within milliseconds: Int32) -> Bool {
    guard form != .regular else { return true }
    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // What went wrong is for the write to find out.
    return unsafe poll(&wait, 1, milliseconds) != 0
  }

  /// Writes what is taken without waiting for a reader, once `isWritable` has said yes.
  /// - Returns: the number of bytes taken, or the error's code.
  func write(_ bytes: ArraySlice<UInt8>) -> Result<Int, Code> {
    while true {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        switch form {
        case .regular, .other: unsafe Foundation.write(descriptor, buffer.baseAddress, buffer.count)
        // A pipe that polls as writable has room for this much, and takes it whole.
        case .pipe: unsafe Foundation.write(descriptor, buffer.baseAddress, min(buffer.count, Self.pipeRoom))
        case .socket:
          unsafe send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        }
      }
      if written >= 0 { return .success(written) }
      let code = errno
      if code == EAGAIN { return .success(0) }
      if code != EINTR { return .failure(Code(code: code)) }
    }
  }

  /// An `errno`.
  struct Code: Error { let code: Int32 }

  private static let pipeRoom = 4_096
}
