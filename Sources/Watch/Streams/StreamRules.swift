internal import Media

/// What is expected of one stream, and what to do when it does not hold. A plain value.
struct StreamRules: Sendable, Hashable {
  /// What the end of a source that has one means.
  enum End: Sendable, Hashable {
    /// It is done with.
    case finish
    /// It begins anew: a file in a loop, a named pipe that waits for its next writer.
    case again
  }

  /// Whether a failure is a reason to try again; a file that cannot be read stays so.
  var triesAgain = true
  var atEnd = End.finish
  /// Seconds without a picture before a live stream counts as stalled.
  var stallAfter = 3.0
  /// Seconds of silence after which a connection that does not end by itself is abandoned.
  var abandonAfter = 20.0
  /// Seconds within which an attempt must have brought a picture.
  var firstPicture = 30.0
  /// Whether only key frames are decoded, so that pictures are rare.
  var keyFramesOnly = false
  /// Whether a recording is played at its own speed, and silence therefore means something.
  var isPaced = false
}

/// Why a stream is as it is: one word each, as records carry it in `event.reason`. Failures of opening and reading carry
/// the words of `MediaError.Code`.
enum StreamReason {
  static let start = "start"
  static let again = "retry"
  static let connected = "connected"
  static let reconnected = "reconnected"
  static let resumed = "resumed"
  static let noPackets = "no_packets"
  static let noFrames = "no_frames"
  static let decodeErrors = "decode_errors"
  static let frozenPicture = "frozen_picture"
  static let blackPicture = "black_picture"
  static let pictureMoves = "picture_moves"
  static let endOfFile = "end_of_file"
}
