/// Where evidence is kept, and how much of it. Which streams leave any is for their own settings to say.
public struct EvidenceConfiguration: Sendable, Hashable {
  /// The folder; nil when nothing is kept.
  public var directory: String?
  /// All files together; the oldest go first.
  public var maximumBytes: Int
  /// Seconds a file is kept.
  public var maximumAge: Double
  /// Seconds of video in a clip before and after the alert.
  public var clipBefore, clipAfter: Double

  public init(
    directory: String? = nil, maximumBytes: Int = 1 << 30, maximumAge: Double = 30 * 86_400, clipBefore: Double = 5,
    clipAfter: Double = 5
  ) {
    self.directory = directory
    self.maximumBytes = maximumBytes
    self.maximumAge = maximumAge
    self.clipBefore = clipBefore
    self.clipAfter = clipAfter
  }
}
