internal import Analysis
internal import Forensics

/// What the board is told of one person's verdict.
struct PersonReport: Sendable, Hashable {
  enum Phase: Sendable, Hashable {
    case started, updated, ended
  }

  let track: Int
  let phase: Phase
  /// `fake`, `real`, `inconclusive` or `no_face`.
  let label: String
  /// Why, as records have it: `majority`, `not_cleared` and the like.
  let reason: String
  /// 0...1; nil when no ballot was decided.
  let score: Double?
  let threshold: Double
  /// The highest score that is called real; the threshold where no other was chosen.
  let clearance: Double
  /// Seconds of media time that the verdict covers so far.
  let duration: Double

  init(
    track: Int, phase: Phase, label: String, reason: String, score: Double?, threshold: Double, clearance: Double,
    duration: Double
  ) {
    self.track = track
    self.phase = phase
    self.label = label
    self.reason = reason
    self.score = score
    self.threshold = threshold
    self.clearance = clearance
    self.duration = duration
  }

  init(_ change: PersonChange) {
    let verdict = change.change.verdict
    phase =
      switch change.change {
      case .started: .started
      case .updated: .updated
      case .ended: .ended
      }
    track = change.track
    label = verdict.label.rawValue
    reason = verdict.assessment.reason.rawValue
    score = verdict.score.map(Double.init)
    threshold = Double(verdict.threshold)
    clearance = Double(verdict.clearance)
    duration = max(0, verdict.end - verdict.start)
  }
}
