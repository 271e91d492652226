internal import Analysis
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
  /// Packets come as long as the last one is not older than this, seconds.
  var packetsWithin = 1.5
  /// Seconds in which packets came and none could be decoded, after which the source is opened again.
  var reopenDamagedAfter = 6.0
  /// Seconds of silence after which a connection that does not end by itself is abandoned.
  var abandonAfter = 20.0
  /// Seconds within which an attempt must have brought a picture.
  var firstPicture = 30.0
  /// Whether only key frames are decoded, so that pictures are rare.
  var keyFramesOnly = false
  /// Whether a recording is played at its own speed, and silence therefore means something.
  var isPaced = false
  /// The delays between attempts.
  var backoff = BackoffRange()
}

extension StreamRules {
  init(_ stream: StreamConfiguration, _ settings: AnalysisSettings) {
    let isPipe = stream.location.isNamedPipe
    // What is on the network may come back, whatever its kind, and so may who writes into a pipe.
    triesAgain = stream.location.isNetwork || isPipe
    atEnd = stream.loops || isPipe ? .again : .finish
    keyFramesOnly = stream.settings.sampling == .keyFrames
    isPaced = settings.isPaced
    backoff = stream.settings.backoff
    // Longer than the reader's own deadlines together, so that those speak first.
    firstPicture = settings.reader.openTimeout + settings.reader.readTimeout + 5
    abandonAfter = settings.reader.readTimeout + 5
  }
}

extension WatchConfiguration {
  /// How a stream is read and judged while it is watched: what holds for archives too, and what only a live picture
  /// needs.
  func watching(_ stream: StreamConfiguration) -> AnalysisSettings {
    var settings = analysis(of: stream)
    settings.frozenAfter = stream.settings.frozenAfter
    settings.blackAfter = stream.settings.blackAfter
    settings.weight = Double(stream.settings.weight)
    settings.keepsExhibits = stream.settings.evidence != .none
    // A moment more than a clip shows, because the end of it is noticed a moment late.
    if stream.settings.evidence == .clip { settings.history = evidence.clipBefore + evidence.clipAfter + 2 }
    // A file that runs in a circle stands for a camera; as fast as it can be read it would take all there is.
    settings.isPaced = stream.loops && !stream.location.isNetwork
    return settings
  }
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
