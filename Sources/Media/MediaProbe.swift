import CFFmpeg
import Glibc

/// Tells media from other files by the first bytes alone, without opening a decoder: for walking large folders.
public enum MediaProbe {
  /// Bytes read at first, and when those do not suffice.
  private static let pieces = [4_096, 65_536]
  /// Signatures give more; mere likelihood, as of bytes that happen to look like a stream, less.
  private static let sureEnough = 50

  /// Whether the content of a file is that of a video or picture that can be read. False when the file cannot be.
  public static func isMedia(_ path: String) -> Bool {
    _ = FFmpegLog.silenced
    let descriptor = unsafe open(PathText.cString(of: path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return pieces.contains { isMedia(descriptor, bytes: $0) }
  }

  private static func isMedia(_ descriptor: Int32, bytes: Int) -> Bool {
    // FFmpeg reads a little beyond the end.
    let padding = Int(AVPROBE_PADDING_SIZE)
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes + padding)
    defer { unsafe buffer.deallocate() }
    unsafe buffer.initialize(repeating: 0, count: bytes + padding)
    let count = unsafe pread(descriptor, buffer, bytes, 0)
    guard count > 0 else { return false }
    // Without a name, so that it cannot count.
    var name: CChar = 0
    return unsafe withUnsafeMutablePointer(to: &name) { name in
      var data = unsafe AVProbeData(filename: name, buf: buffer, buf_size: Int32(count), mime_type: nil)
      var score: Int32 = 0
      guard let format = unsafe av_probe_input_format3(&data, 1, &score), score >= sureEnough else { return false }
      return FormatRules.isPicture(unsafe String(cString: format.pointee.name))
    }
  }
}
