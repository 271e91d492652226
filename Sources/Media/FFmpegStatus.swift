import CFFmpeg
import Glibc

extension MediaError {
  /// What FFmpeg's status code means for `location`. The one place where codes become sentences.
  static func status(
    _ status: Int32, opening location: Location, canceller: Canceller, timeout: Double
  ) -> MediaError {
    if canceller.isCancelled { return MediaError(.cancelled, "reading \(location) was cancelled") }
    if canceller.state == .expired {
      return MediaError(.timedOut, "\(location) did not answer within \(seconds(timeout))")
    }
    // FFmpeg reports this as a lack of memory.
    if FFmpegLog.lastError()?.contains("max_streams") == true {
      return MediaError(.tooLarge, "\(location) has more streams than are allowed")
    }
    if let known = network(status, location) ?? file(status, location) { return known }
    let detail = FFmpegLog.lastError() ?? text(status)
    if detail.contains("resolve hostname") {
      return MediaError(.unreachable, "the host name of \(location) cannot be resolved")
    }
    if detail.contains("moov atom not found") {
      return MediaError(.truncated, "\(location) is cut short: its index (moov) is missing")
    }
    if status == unmask_error_invalid_data() || status == -EINVAL || status == unmask_error_demuxer_not_found()
      || status == unmask_error_eof()
    {
      return MediaError(.notMedia, "\(location) is not a video or picture that can be read (\(detail))")
    }
    return MediaError(.io, "\(location) cannot be read: \(detail)")
  }

  private static func network(_ status: Int32, _ location: Location) -> MediaError? {
    switch status {
    case unmask_error_http_unauthorized():
      MediaError(.unauthorised, "\(location) wants another user or password (401)")
    case unmask_error_http_forbidden():
      MediaError(.unauthorised, "\(location) is forbidden to this user (403)")
    case unmask_error_http_not_found():
      MediaError(.notFound, "the server does not know \(location) (404)")
    case unmask_error_http_bad_request(), unmask_error_http_other_4xx():
      MediaError(.serverError, "the server rejected the request for \(location) (4xx)")
    case unmask_error_http_server():
      MediaError(.serverError, "the server failed to deliver \(location) (5xx)")
    case -ECONNREFUSED:
      MediaError(.refused, "\(location) refused the connection: nothing listens there")
    case -ETIMEDOUT:
      MediaError(.timedOut, "\(location) did not answer in time")
    case -EHOSTUNREACH, -ENETUNREACH, -ENETDOWN, -EHOSTDOWN, -EADDRNOTAVAIL:
      MediaError(.unreachable, "the host of \(location) cannot be reached")
    case -ECONNRESET, -EPIPE, -ECONNABORTED, -ENOTCONN:
      MediaError(.lost, "\(location) closed the connection")
    case unmask_error_protocol_not_found():
      MediaError(.badLocation, "\(location) is of a kind that is not read here")
    default: nil
    }
  }

  private static func file(_ status: Int32, _ location: Location) -> MediaError? {
    switch status {
    case -ENOENT, -ENOTDIR: MediaError(.notFound, "\(location) does not exist")
    case -EACCES, -EPERM: MediaError(.forbidden, "\(location) may not be read: permission denied")
    case -EISDIR: MediaError(.notMedia, "\(location) is a directory")
    case -ELOOP, -ENAMETOOLONG: MediaError(.badLocation, "\(location) is not a usable path")
    case -ENOMEM: MediaError(.library, "memory ran out while opening \(location)")
    case -EMFILE, -ENFILE: MediaError(.io, "\(location) cannot be opened: too many open files")
    default: nil
    }
  }

  /// FFmpeg's own words for a status code.
  static func text(_ status: Int32) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard unsafe av_strerror(status, buffer.baseAddress, buffer.count) == 0, let text = buffer.baseAddress
      else { return "FFmpeg status \(status)" }
      return unsafe String(cString: text)
    }
  }

  static func seconds(_ seconds: Double) -> String {
    seconds == seconds.rounded() && abs(seconds) < 1e9 ? "\(Int(seconds)) s" : "\(seconds) s"
  }
}
