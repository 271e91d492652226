/// How long a live frame may wait for its analysis before it gives way to newer ones.
///
/// Where the sampled frames of a source lie far apart, as key frames do, each stands for more of its time, and is waited
/// for somewhat longer than until the next one comes; never more than twice the usual time, so that no record is late.
struct Patience: Sendable {
  /// Seconds.
  private(set) var seconds: Double
  private let usual: Double
  private var last: Double?

  init(_ usual: Double) {
    self.usual = usual
    seconds = usual
  }

  /// - Parameter time: media time of a sampled frame, looked at or not.
  mutating func note(frameAt time: Double) {
    if let last { seconds = min(max(usual, 1.25 * (time - last)), 2 * usual) }
    last = time
  }
}
