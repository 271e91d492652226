/// Frames and faces of one source. They balance: decoded = sampled + skipped, sampled = analysed + evicted + failed.
public struct SourceCounters: Sendable, Hashable {
  /// Frames that came out of the decoder, and those of live streams that were passed over undecoded because none that
  /// is looked at needs them.
  public var decoded = 0
  /// Of these, the ones chosen to be looked at, and the rest.
  public var sampled = 0
  public var skipped = 0
  /// Decoded frames that the decoder marked as damaged.
  public var corrupt = 0
  public var analysed = 0
  /// Of these, the ones that were no evidence: frozen, black or damaged pictures of a live stream.
  public var withheld = 0
  /// Sampled frames that gave way to newer ones because the analysis did not keep up, or because the run was stopped.
  public var evicted = 0
  /// Sampled frames whose analysis failed.
  public var failed = 0
  /// Faces judged.
  public var faces = 0

  public init() {}

  /// The sum of two counts, as over the connections of one stream.
  public static func + (a: SourceCounters, b: SourceCounters) -> SourceCounters {
    var sum = a
    sum.decoded += b.decoded
    sum.sampled += b.sampled
    sum.skipped += b.skipped
    sum.corrupt += b.corrupt
    sum.analysed += b.analysed
    sum.withheld += b.withheld
    sum.evicted += b.evicted
    sum.failed += b.failed
    sum.faces += b.faces
    return sum
  }
}
