public import Media

/// Bounds that hold for all streams.
public struct WatchLimits: Sendable, Hashable {
  /// Frames that wait between a stream's decoder and the analysis, and their bytes.
  public var ringFrames: Int
  public var ringBytes: Int
  /// What is too much to be read from a source.
  public var source: ReaderOptions.Limits
  /// Seconds between two `stats` records of a stream.
  public var statsInterval: Double
  /// Seconds that an orderly end may take; streams that have not let go by then are abandoned.
  public var stopTimeout: Double

  public init(
    ringFrames: Int = 4, ringBytes: Int = 64 << 20, source: ReaderOptions.Limits = ReaderOptions.Limits(),
    statsInterval: Double = 60, stopTimeout: Double = 20
  ) {
    self.ringFrames = ringFrames
    self.ringBytes = ringBytes
    self.source = source
    self.statsInterval = statsInterval
    self.stopTimeout = stopTimeout
  }
}
