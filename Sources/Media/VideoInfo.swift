/// What is known of an open source.
public struct VideoInfo: Sendable, Hashable {
  /// FFmpeg's name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2` or `rtsp`.
  public let container: String
  /// FFmpeg's name of the codec, such as `h264`.
  public let codec: String
  /// The picture as it is to be shown: turned upright, with square pixels. Nil until the first frame tells, which some
  /// streams require.
  public let size: PixelSize?
  /// The picture as stored.
  public let codedSize: PixelSize?
  /// Degrees clockwise by which the stored picture is turned to be shown: 0, 90, 180 or 270.
  public let rotation: Int
  /// Seconds; nil for live streams and where the container does not say.
  public let duration: Double?
  /// Whether the source goes on by itself and has no known end.
  public let isLive: Bool
  /// Whether it is one picture.
  public let isStill: Bool
  /// The container's own timestamp of time zero, in seconds.
  public let startTime: Double?
  /// Frames a second, as the container says or FFmpeg guesses.
  public let frameRate: Double?
}

/// What became of the packets and frames of one reader. `decoded == sampled + skipped`, always.
public struct DecodeCounters: Sendable, Hashable {
  /// Packets of the chosen video stream.
  public var packets = 0
  /// Frames that came out of the decoder, and those of live streams that were passed over undecoded.
  public var decoded = 0
  public var sampled = 0
  public var skipped = 0
  /// Decoded frames that the decoder flagged as damaged; they are counted in `decoded` as well.
  public var corrupt = 0
  /// Packets that could not be decoded at all.
  public var undecodable = 0

  public init() {}

  /// Adds what became of another part of the same source.
  public static func += (sum: inout DecodeCounters, part: DecodeCounters) {
    sum.packets += part.packets
    sum.decoded += part.decoded
    sum.sampled += part.sampled
    sum.skipped += part.skipped
    sum.corrupt += part.corrupt
    sum.undecodable += part.undecodable
  }
}
