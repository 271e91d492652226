import CFFmpeg
import Synchronization

/// FFmpeg's own messages: silent unless someone asks for them, and never with a password in them.
public enum FFmpegLog {
  public enum Level: Int, Sendable, Comparable {
    case error, warning, info

    public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  private static let receiver = Mutex<(@Sendable (Level, String) -> Void)?>(nil)

  /// Hands every line FFmpeg logs from now on to `body`, redacted; nil silences it again. `body` runs on whatever thread
  /// FFmpeg uses and should return soon.
  public static func receive(with body: (@Sendable (Level, String) -> Void)?) {
    receiver.withLock { $0 = body }
    if body == nil {
      unmask_log_install(nil)
    } else {
      unsafe unmask_log_install { level, line in
        guard let line = unsafe line, let body = FFmpegLog.receiver.withLock({ $0 }) else { return }
        let severity: Level = level <= AV_LOG_ERROR ? .error : level <= AV_LOG_WARNING ? .warning : .info
        body(severity, Redaction.message(unsafe String(cString: line)))
      }
    }
  }

  /// Takes FFmpeg's log away from stderr, once per process.
  static let silenced: Void = {
    if receiver.withLock({ $0 == nil }) { unmask_log_install(nil) }
  }()

  /// What FFmpeg last complained about on this thread, redacted and without the `[mov @ 0x…]` in front.
  static func lastError() -> String? {
    let line = Redaction.message(unsafe String(cString: unmask_log_last_error()))
    guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { return line.isEmpty ? nil : line }
    let text = line[end...].dropFirst().drop { $0 == " " }
    return text.isEmpty ? nil : String(text)
  }

  static func forgetLastError() { unmask_log_forget() }
}
