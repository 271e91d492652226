/// How a source is opened, read and sampled.
public struct ReaderOptions: Sendable, Hashable {
  /// How RTSP carries its packets.
  public enum Transport: String, Sendable, CaseIterable { case tcp, udp }

  /// What is too much to be read.
  public struct Limits: Sendable, Hashable {
    /// Pixels of one picture, as stored.
    public var pixels = 64_000_000
    /// The same of moving pictures, of which decoders hold several at once; as of any other when nil.
    public var moviePixels: Int?
    /// Streams (video, audio, subtitles, ...) in one source.
    public var streams = 256
    /// Frames decoded of one source.
    public var frames = Int.max
    /// Bytes looked at to find out what a source is.
    public var probeBytes = 5_000_000
    /// Seconds of media looked at to find out what a source is.
    public var probeSeconds = 5.0

    public init() {}

    func pixels(isStill: Bool) -> Int { isStill ? pixels : moviePixels.map { min($0, pixels) } ?? pixels }
  }

  public var sampling = Sampling.everyFrame
  public var transport = Transport.tcp
  /// Seconds until a source must have been opened and recognised.
  public var openTimeout = 10.0
  /// Seconds within which the next packet of video must arrive.
  public var readTimeout = 10.0
  /// Threads inside the decoder; 0 lets FFmpeg choose.
  public var decoderThreads = 1
  /// Pictures a second of an image sequence.
  public var sequenceRate = 25
  public var limits = Limits()
  /// Whether recordings, too, are decoded only where a picture is due, as live streams are.
  var decodesWhenDue = false

  public init() {}

  public init(sampling: Sampling) { self.sampling = sampling }
}
