import Glibc
import Synchronization

/// Files that are there whole or not at all.
public enum AtomicFile {
  private static let serials = Atomic<Int>(0)

  /// Writes `bytes` beside `path` and then renames them to it, so that no reader ever sees half a file. What was there
  /// before stays if anything fails.
  ///
  /// - Parameter isDurable: whether it must be on the disk when this returns. Thousands of files that can be made again
  ///   need not.
  /// - Throws: `MediaError` that names the file: no room, no such folder, not permitted.
  public static func write(_ bytes: [UInt8], to path: String, isDurable: Bool = true) throws(MediaError) {
    let serial = serials.add(1, ordering: .relaxed).newValue
    let partial = "\(path).\(getpid())-\(serial).partial"
    let descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path) }
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes[written...].withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let error = failure(path)
        close(descriptor)
        unsafe unlink(partial)
        throw error
      }
      written += count
    }
    // Some file systems only notice at the end that there is no room.
    let isSafe = !isDurable || fsync(descriptor) == 0 || errno == EINVAL
    guard isSafe, close(descriptor) == 0, unsafe rename(partial, path) == 0 else {
      let error = failure(path)
      unsafe unlink(partial)
      throw error
    }
  }

  private static func failure(_ path: String) -> MediaError {
    let code = errno
    let reason = unsafe String(cString: strerror(code))
    return MediaError(code == EACCES || code == EPERM ? .forbidden : .io, "\(path) cannot be written: \(reason)")
  }
}
