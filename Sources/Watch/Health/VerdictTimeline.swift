/// The people of one stream: whose verdict stands, and the last verdicts that were reached. A pure value of bounded size.
struct VerdictTimeline: Sendable {
  /// One verdict on one person.
  struct Entry: Sendable, Hashable {
    let track: Int
    /// `fake`, `real`, `inconclusive` or `no_face`.
    var label: String
    /// Why, as records have it.
    var reason: String
    var score: Double?
    var threshold: Double
    var clearance: Double
    /// Monotonic time of the begin, seconds.
    var start: Double
    /// Monotonic time of the end; nil while the verdict stands.
    var end: Double?
    /// When it was last reported.
    var lastReport: Double
  }

  /// Finished entries that are remembered, and people that may stand at once.
  static let capacity = 64

  /// Verdicts that stand, by track.
  private(set) var standing: [Entry] = []
  /// Verdicts that are over, oldest first.
  private(set) var past: [Entry] = []
  /// Verdicts begun, by label; one that is told only at its end counts there.
  private(set) var begun: [String: Int] = [:]

  /// Takes a change in.
  /// - Parameter time: monotonic, seconds.
  mutating func note(_ report: PersonReport, at time: Double) {
    let index = standing.firstIndex { $0.track == report.track }
    var entry =
      index.map { standing.remove(at: $0) }
      ?? Entry(
        track: report.track, label: report.label, reason: report.reason, score: nil, threshold: report.threshold,
        clearance: report.clearance, start: time - report.duration, end: nil, lastReport: time)
    if index == nil || report.phase == .started { begun[report.label, default: 0] += 1 }
    if report.phase == .started { entry.start = time - report.duration }
    entry.label = report.label
    entry.reason = report.reason
    entry.score = report.score
    entry.threshold = report.threshold
    entry.clearance = report.clearance
    entry.lastReport = time
    switch report.phase {
    case .started, .updated:
      standing.append(entry)
      standing.sort { $0.track < $1.track }
      if standing.count > Self.capacity { standing.removeFirst() }
    case .ended:
      entry.end = max(entry.start, time)
      remember(entry)
    }
  }

  /// The connection is gone and nobody is on screen any more: whatever still stands ends now.
  mutating func endAll(at time: Double) {
    for var entry in standing {
      entry.end = time
      remember(entry)
    }
    standing = []
  }

  private mutating func remember(_ entry: Entry) {
    past.append(entry)
    if past.count > Self.capacity { past.removeFirst(past.count - Self.capacity) }
  }
}
