public import Faces
public import Forensics

/// The models of one run, loaded and proven once and shared by all threads.
public struct AnalysisModels: Sendable {
  public let faces: FaceModels
  public let detector: DetectorModel

  public init(faces: FaceModels, detector: DetectorModel) {
    self.faces = faces
    self.detector = detector
  }

  /// The detector's frame rule, with the user's threshold in place of the model's if one is given.
  public func rule(_ settings: AnalysisSettings) -> FrameRule {
    var rule = detector.card.rule
    if let threshold = settings.threshold { rule.threshold = threshold }
    return rule
  }

  /// The vote of the settings; where they leave line, margin or dwell at the usual, those that the detector was calibrated
  /// with, if it was; likewise the clearance.
  public func votes(_ settings: AnalysisSettings) -> VoteRule {
    var votes = settings.votes
    let (usual, card) = (VoteRule(), detector.card)
    if let line = card.line, votes.line == usual.line { votes.line = line }
    if let margin = card.margin, votes.margin == usual.margin { votes.margin = margin }
    if let dwell = card.dwell, votes.dwell == usual.dwell { votes.dwell = dwell }
    if let clearance = settings.clearance ?? card.clearance { votes.clearance = clearance }
    return votes
  }
}
