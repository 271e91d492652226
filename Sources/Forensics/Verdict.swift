/// What is said of one person over one stretch of time.
public struct Verdict: Sendable, Hashable {
  public var assessment: Assessment
  /// The highest window score of the stretch, 0...1: the score that more than the line's share (one half) of a window's
  /// frames reached or exceeded; a probability where the model is calibrated. Nil when no ballot was decided.
  public var score: Float?
  /// The frame threshold that the score is compared with.
  public var threshold: Float
  /// The highest score of a window that may be called real; the threshold where nothing lower was asked for.
  public var clearance: Float
  /// Ballots cast within the stretch.
  public var ballots: Tally
  /// Media time of the first and the last ballot of the stretch, seconds since the start of the source.
  public var start: Double
  public var end: Double
  /// The judged face with the highest score among those that speak for the label.
  public var strongest: Evidence?

  public init(
    assessment: Assessment, score: Float?, threshold: Float, clearance: Float = 1, ballots: Tally, start: Double,
    end: Double, strongest: Evidence? = nil
  ) {
    self.assessment = assessment
    self.score = score
    self.threshold = threshold
    self.clearance = min(clearance, threshold)
    self.ballots = ballots
    self.start = start
    self.end = end
    self.strongest = strongest
  }

  public var label: Label { assessment.label }
}

/// What a ballot brought about.
public enum VerdictChange: Sendable, Hashable {
  /// A label has settled on the person.
  case started(Verdict)
  /// The settled label still stands; sent from time to time.
  case updated(Verdict)
  /// The stretch with that label is over: the label changed or the person left.
  case ended(Verdict)

  public var verdict: Verdict {
    switch self {
    case .started(let verdict), .updated(let verdict), .ended(let verdict): verdict
    }
  }
}
