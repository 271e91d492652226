public import Faces
public import Forensics
public import Media

/// How sources are analysed; the same words on the command line and in the configuration.
public struct AnalysisSettings: Sendable {
  /// Which frames are looked at.
  public var sampling: Sampling
  /// Faces smaller than this are not looked for.
  public var minimumFace: MinimumFace
  /// The frame rule's threshold; the model's own when nil.
  public var threshold: Float?
  /// The vote; the line and margin on the card of a calibrated model take precedence.
  public var votes: VoteRule
  /// What else is wanted of each mask, for measuring.
  public var survey: SurveyRequest?
  /// Seconds between two updates of a standing verdict.
  public var updateInterval: Double
  /// Analysis threads, shared by all sources.
  public var threads: Int
  public var reader: ReaderOptions
  /// Bounds of the ring between a source's decoder and the analysis.
  public var ringFrames: Int
  public var ringBytes: Int

  public init(
    sampling: Sampling = .rate(3), minimumFace: MinimumFace = .pixels(40), threshold: Float? = nil,
    votes: VoteRule = VoteRule(), updateInterval: Double = 10, threads: Int = 1,
    reader: ReaderOptions = ReaderOptions(), ringFrames: Int = 4, ringBytes: Int = 64 << 20
  ) {
    self.sampling = sampling
    self.minimumFace = minimumFace
    self.threshold = threshold
    self.votes = votes
    self.updateInterval = updateInterval
    self.threads = threads
    self.reader = reader
    self.ringFrames = ringFrames
    self.ringBytes = ringBytes
  }
}
