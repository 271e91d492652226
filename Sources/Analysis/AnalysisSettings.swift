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
  /// The vote; a calibrated model's own line, margin and dwell take the place of the usual ones.
  public var votes: VoteRule
  /// The highest score at which a person may be called real; the model's own when nil.
  public var clearance: Float?
  /// What else is wanted of each mask, for measuring.
  public var survey: SurveyRequest?
  /// Whether what a person is to be shown of a manipulated face comes along with its verdicts.
  public var keepsExhibits = false
  /// Seconds of undecoded video that stay at hand for clips; nil for none.
  public var history: Double?
  /// Seconds between two updates of a standing verdict.
  public var updateInterval: Double
  /// Analysis threads, shared by all sources.
  public var threads: Int
  public var reader: ReaderOptions
  /// Bounds of the ring between a source's decoder and the analysis.
  public var ringFrames: Int
  public var ringBytes: Int
  /// Live frames that have waited longer than this, seconds, give way to newer ones, where frames lie further apart than
  /// that somewhat later; the newest is always kept.
  public var longestWait = 1.5
  /// Seconds after which a live picture that stands still, or is black, is told; nil does not look for it. Their ballots
  /// are withheld.
  public var frozenAfter: Double?
  public var blackAfter: Double?
  /// The source's share of the analysis when there is not enough of it for all: twice the weight, twice the frames.
  public var weight = 1.0
  /// Seconds for which a person is waited for who is not seen. Longer where frames lie further apart.
  public var longestGap = 2.0
  /// Whether recordings are played at their own speed, as if they were live.
  public var isPaced = false

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
