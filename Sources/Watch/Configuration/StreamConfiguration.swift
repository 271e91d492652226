public import Faces
public import Forensics
public import Media

/// One stream to watch.
public struct StreamConfiguration: Sendable, Hashable {
  /// How records and the status page call it; no two streams share one.
  public var name: String
  /// Where it comes from, credentials included. Prints without them.
  public var location: Location
  /// Whether a file starts again at its end, for ever.
  public var loops: Bool
  public var settings: StreamSettings

  public init(name: String, location: Location, loops: Bool = false, settings: StreamSettings = StreamSettings()) {
    self.name = name
    self.location = location
    self.loops = loops
    self.settings = settings
  }
}

/// What may differ from stream to stream; the defaults of a configuration are such a value as well. Times in seconds.
public struct StreamSettings: Sendable, Hashable {
  /// Which frames are looked at.
  public var sampling = Sampling.rate(3)
  /// Faces smaller than this are not looked for.
  public var minimumFace = MinimumFace.pixels(40)
  /// The frame rule's threshold; the model's own when nil.
  public var threshold: Float?
  /// The highest score at which a person may be called real; the model's own when nil.
  public var clearance: Float?
  /// Window, least ballots, margin and dwell of the vote.
  public var votes = VoteRule()
  /// Between two updates of a standing verdict.
  public var updateInterval = 10.0
  /// After an alert on a person has ended, another in the same place of the picture is not raised for this long.
  public var cooldown = 30.0
  /// How RTSP carries media.
  public var transport = ReaderOptions.Transport.tcp
  /// Share of the analysis threads when they are scarce, relative to the other streams; at least 1.
  public var weight = 1
  /// Within this time a source must have been opened and recognised.
  public var openTimeout = 10.0
  /// Within this time the next packet of video must arrive; after it the stream counts as stalled.
  public var readTimeout = 10.0
  /// How long to wait before the next attempt.
  public var backoff = BackoffRange()
  /// A picture that has not changed for this long is frozen, and its ballots are withheld; nil to not look.
  public var frozenAfter: Double? = 10
  /// A picture that has been black for this long has its ballots withheld; nil to not look.
  public var blackAfter: Double? = 10
  /// What is kept as evidence when an alert is raised.
  public var evidence = EvidenceKind.none

  public init() {}
}

/// The delays between attempts to connect: doubling from the shortest to the longest, seconds.
public struct BackoffRange: Sendable, Hashable {
  public var shortest: Double
  public var longest: Double

  public init(shortest: Double = 1, longest: Double = 60) {
    self.shortest = shortest
    self.longest = longest
  }
}

/// What is kept as evidence when an alert is raised.
public enum EvidenceKind: String, Sendable, Hashable, CaseIterable {
  case none
  /// A PNG of the face with its mask laid over it.
  case picture
  /// The picture, and the video around the moment, copied without encoding it anew.
  case clip
}
