/// Lets the first few reports of one cause through and then one in a while, which says how many it speaks for: a camera
/// that is away for a week must not fill the log (zoneminder#3253 tells what happens otherwise). A pure value.
struct FloodGate: Sendable {
  /// Reports of one cause that pass without limit.
  static let burst = 5
  /// Seconds between two reports of one cause after that.
  static let interval = 600.0
  /// Causes remembered; beyond that the one seen longest ago is forgotten.
  static let causes = 32

  private struct Cause: Sendable {
    var passed = 0
    var held = 0
    var lastPass: Double
    var lastSeen: Double
  }

  private var seen: [String: Cause] = [:]

  enum Decision: Sendable, Hashable {
    /// Report it; `repeated` like it were held back since the last report.
    case pass(repeated: Int)
    case hold
  }

  /// Decides about one report.
  mutating func admit(_ cause: String, at now: Double) -> Decision {
    guard var known = seen[cause] else {
      if seen.count >= Self.causes, let oldest = seen.min(by: { $0.value.lastSeen < $1.value.lastSeen }) {
        seen[oldest.key] = nil
      }
      seen[cause] = Cause(passed: 1, lastPass: now, lastSeen: now)
      return .pass(repeated: 0)
    }
    // A cause that kept quiet for long is news again.
    if now - known.lastSeen >= Self.interval { known.passed = 0 }
    known.lastSeen = now
    defer { seen[cause] = known }
    guard known.passed < Self.burst || now - known.lastPass >= Self.interval else {
      known.held += 1
      return .hold
    }
    let held = known.held
    known.passed += 1
    known.held = 0
    known.lastPass = now
    return .pass(repeated: held)
  }

  /// Forgets everything: the stream fares well again.
  mutating func reset() { seen = [:] }
}
