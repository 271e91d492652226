import CFFmpeg
import Glibc

/// SHA-256 as libavutil computes it.
public enum SHA256 {
  /// The digest of a file's bytes as 64 lower-case hexadecimal digits. Reads in pieces, whatever the file's size.
  public static func hexDigest(ofFile path: String) throws(MediaError) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard let hash = unsafe av_sha_alloc() else { throw MediaError(.library, "memory ran out while hashing \(path)") }
    defer { unsafe av_free(UnsafeMutableRawPointer(hash)) }
    unsafe av_sha_init(hash, 256)
    let piece = 1 << 18
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: piece)
    defer { unsafe buffer.deallocate() }
    while true {
      let count = unsafe read(descriptor, buffer, piece)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path) }
      if count == 0 { break }
      unsafe av_sha_update(hash, buffer, count)
    }
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
