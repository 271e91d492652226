/// Why a source cannot be opened or read on. The message is one sentence and never holds a password.
public struct MediaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure a caller may want to tell apart; the raw values are the words that records carry.
  public enum Code: String, Sendable, CaseIterable {
    /// No such file, or the server answered 404.
    case notFound = "not_found"
    /// The file exists and may not be read.
    case forbidden
    /// Readable, but no known container or picture format (or one that is not allowed here, such as a playlist on disk).
    case notMedia = "not_media"
    /// A media file without moving or still pictures: audio only, cover art only.
    case noVideo = "no_video"
    /// The codec is not supported by this FFmpeg.
    case unsupported
    /// Media, but no picture of it could be decoded.
    case damaged
    /// The file ends before its own index or header says so.
    case truncated
    /// The server refused the connection.
    case refused
    /// The server wants other credentials (401, 403).
    case unauthorised
    /// No answer came within the time allowed.
    case timedOut = "timed_out"
    /// The server answered, but no video arrived within the time allowed.
    case noPackets = "no_packets"
    /// A source changed its codec or its streams on the way; opened again, it can be read.
    case formatChanged = "format_changed"
    /// The host or network cannot be reached, or the name cannot be resolved.
    case unreachable
    /// The server closed a connection that was delivering pictures, or a live stream ended.
    case lost
    /// Any other answer of a server that is a failure (4xx, 5xx).
    case serverError = "server_error"
    /// Past one of the limits of `ReaderOptions.Limits`: nothing of it is read.
    case tooLarge = "too_large"
    /// It has more frames than `ReaderOptions.Limits` allows; those up to there were delivered.
    case frameLimit = "frame_limit"
    /// It took more time than whoever looked at it had for it.
    case timeLimit = "time_limit"
    /// FFmpeg computes on and on and has neither a packet nor a picture to show for it.
    case hung
    /// `Canceller.cancel()` was called.
    case cancelled
    /// The location itself is malformed or of a kind that is not read.
    case badLocation = "bad_location"
    /// Reading failed in the operating system.
    case io
    /// The FFmpeg libraries do not behave as expected (memory, an option they do not know).
    case library
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
