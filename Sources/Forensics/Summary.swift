/// The verdict on a whole file or stream, from the verdicts of its people (DESIGN.md §1: fake if any track is).
public struct Summary: Sendable, Hashable {
  public private(set) var assessment = Assessment(label: .noFace, reason: .noFace)
  /// The highest score of all verdicts; nil when there was none.
  public private(set) var score: Float?

  public init() {}

  /// Takes the final verdict of one stretch of one person in. The order of verdicts does not matter.
  public mutating func add(_ verdict: Verdict) {
    if let other = verdict.score, other > score ?? -1 { score = other }
    if Self.weight(of: verdict.assessment) > Self.weight(of: assessment) { assessment = verdict.assessment }
  }

  /// What outranks what: one fake makes the whole fake; a person whose ballots lie close to the line forbids calling
  /// the whole real, one who merely passed by does not.
  private static func weight(of assessment: Assessment) -> Int {
    switch (assessment.label, assessment.reason) {
    case (.fake, _): 4
    case (.inconclusive, .closeToTheLine): 3
    case (.real, _): 2
    case (.inconclusive, _): 1
    case (.noFace, _): 0
    }
  }
}
