internal import Analysis
internal import Forensics

/// Everything that stands between a mask and a verdict and that calibration may choose.
struct OperatingPoint: Sendable, Hashable {
  /// The confidence that a mask's pixels must exceed, as the network gives it.
  var threshold: Float
  /// A component fires when it has more points than this.
  var minimumComponent: Int
  /// What the scores are turned into before anybody sees them.
  var calibration: ScoreCalibration
  var votes: VoteRule

  /// The threshold that reported scores are compared with.
  var reportedThreshold: Float { calibration.probability(of: threshold) }

  /// The clearance beside it: the threshold itself where nothing lower was chosen.
  var reportedClearance: Float { votes.clearance(upTo: reportedThreshold) }

  /// The point at which a scan with these models and settings works.
  init(_ models: AnalysisModels, _ settings: AnalysisSettings) {
    let rule = models.rule(settings)
    calibration = models.detector.card.calibration
    threshold = calibration.score(of: rule.threshold)
    minimumComponent = rule.minimumComponent
    votes = models.votes(settings)
  }

  init(threshold: Float, minimumComponent: Int, calibration: ScoreCalibration = .none, votes: VoteRule = VoteRule()) {
    self.threshold = threshold
    self.minimumComponent = minimumComponent
    self.calibration = calibration
    self.votes = votes
  }
}
