import CFFmpeg
import Glibc

/// SHA-256 as libavutil computes it.
public enum SHA256 {
  /// The digest of a file's bytes as 64 lower-case hexadecimal digits. Reads in pieces, whatever the file's size.
  /// - Parameter isCancelled: asked between the pieces; then the error is `cancelled`.
  public static func hexDigest(
    ofFile path: String, isCancelled: () -> Bool = { false }
  ) throws(MediaError) -> String {
    let descriptor = unsafe open(PathText.cString(of: path), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard let hash = unsafe av_sha_alloc() else { throw MediaError(.library, "memory ran out while hashing \(path)") }
    defer { unsafe av_free(UnsafeMutableRawPointer(hash)) }
    unsafe av_sha_init(hash, 256)
    let piece = 1 << 18
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: piece)
    defer { unsafe buffer.deallocate() }
    while true {
      if isCancelled() { throw MediaError(.cancelled, "reading \(path) was cancelled") }
      let count = unsafe read(descriptor, buffer, piece)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path) }
      if count == 0 { break }
      unsafe av_sha_update(hash, buffer, count)
    }
    return unsafe finish(hash, buffer)
  }

  /// The digest of bytes in memory as 64 lower-case hexadecimal digits.
  public static func hexDigest(of bytes: [UInt8]) -> String {
    guard let hash = unsafe av_sha_alloc() else { fatalError("out of memory") }
    defer { unsafe av_free(UnsafeMutableRawPointer(hash)) }
    unsafe av_sha_init(hash, 256)
    unsafe bytes.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { unsafe av_sha_update(hash, base, bytes.count) }
    }
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
      guard let base = buffer.baseAddress else { fatalError("out of memory") }
      return unsafe finish(hash, base)
    }
  }

  private static func finish(_ hash: OpaquePointer, _ buffer: UnsafeMutablePointer<UInt8>) -> String {
    unsafe av_sha_final(hash, buffer)
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for index in 0..<32 {
      let byte = unsafe buffer[index]
      text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func failure(_ path: String) -> MediaError {
    let reason = unsafe String(cString: strerror(errno))
    return MediaError(errno == ENOENT ? .notFound : errno == EACCES ? .forbidden : .io, "\(path): \(reason)")
  }
}
