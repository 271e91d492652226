/// The verdict on a whole file or stream, from the verdicts of its people (DESIGN.md §1: fake if any track is).
public struct Summary: Sendable, Hashable {
  public private(set) var assessment = Assessment(label: .noFace, reason: .noFace)
  private var judged: Float?
  private var glimpsed: Float?

  public init() {}

  /// The highest score of all people seen long enough to be judged; of the others when there was nobody else, and nil
  /// when there was nobody. A passer-by's few frames do not speak for the whole.
  public var score: Float? { judged ?? glimpsed }

  /// Takes the final verdict of one stretch of one person in. The order of verdicts does not matter.
  public mutating func add(_ verdict: Verdict) {
    if let score = verdict.score {
      if verdict.assessment.reason == .tooFewBallots {
        glimpsed = max(glimpsed ?? score, score)
      } else {
        judged = max(judged ?? score, score)
      }
    }
    if verdict.assessment.weight > assessment.weight { assessment = verdict.assessment }
  }
}
