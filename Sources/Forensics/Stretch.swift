/// A stretch of time over which one label stands.
struct Stretch: Sendable {
  enum Extent { case now, lastInAgreement }

  /// Its reason may become a graver one while the label stands.
  var assessment: Assessment
  let start: Double
  /// Time of the last ballot that spoke for the label.
  private(set) var lastAgreeing: Double
  /// When the verdict was last reported.
  var lastReport: Double
  /// Time of the last decided ballot, and the abstentions since: the person may have left.
  private var lastDecided: Double
  private var trailing = 0
  /// Ballots up to `lastAgreeing`, and those after it.
  private var agreed = Tally()
  private var since = Tally()
  private var peak: Float?
  private var strongest: Evidence?
  private var strongestTime = -Double.infinity

  init(assessment: Assessment, start: Double, reportedAt time: Double) {
    self.assessment = assessment
    self.start = start
    lastAgreeing = start
    lastDecided = start
    lastReport = time
  }

  /// Whether a ballot speaks for a label; any decided ballot does for `inconclusive`.
  static func agrees(_ isFake: Bool?, with label: Label) -> Bool {
    guard let isFake else { return false }
    return label == .inconclusive || isFake == (label == .fake)
  }

  mutating func add(_ ballot: Ballot, isFake: Bool?) {
    since.count(isFake)
    if isFake != nil {
      lastDecided = ballot.time
      trailing = 0
    } else if agreed.decided + since.decided > 0 {
      trailing += 1
    } else {
      // Never usable so far: being there is all that can be told of this person.
      lastDecided = ballot.time
    }
    guard Self.agrees(isFake, with: assessment.label) else { return }
    agreed += since
    since = Tally()
    lastAgreeing = ballot.time
    compare(ballot)
  }

  /// Ends the stretch earlier than with its last agreeing ballot.
  /// - Parameters:
  ///   - end: time of an agreeing ballot.
  ///   - ballots: what it has counted of late, in order of time.
  mutating func retreat(to end: Double, of ballots: [Ballot], isFake: (Ballot) -> Bool?) {
    for ballot in ballots where ballot.time > end && ballot.time <= lastAgreeing { agreed.discount(isFake(ballot)) }
    lastAgreeing = end
    guard strongestTime > end else { return }
    strongest = nil
    for ballot in ballots where ballot.time >= start && ballot.time <= end {
      if Self.agrees(isFake(ballot), with: assessment.label) { compare(ballot) }
    }
  }

  private mutating func compare(_ ballot: Ballot) {
    guard case .cast(let evidence) = ballot.vote else { return }
    // Of equals the latest: the window keeps only its exhibit.
    if let strongest, evidence.finding.score < strongest.finding.score { return }
    strongest = evidence
    strongestTime = ballot.time
  }

  /// Remembers the highest score among the windows that call for this stretch's label, so that a `real` verdict
  /// never carries the score of a window that was on its way to `fake`.
  mutating func observe(_ window: VoteWindow) {
    guard window.assessment.label == assessment.label, let score = window.score else { return }
    peak = max(peak ?? score, score)
  }

  /// The verdict so far: up to the last decided ballot, since whoever is not seen any more may have left. A stretch that
  /// gives way to another label ends with the last ballot that spoke for it, and leaves the later ones to its successor.
  func verdict(of window: VoteWindow, through extent: Extent) -> Verdict {
    var ballots = agreed
    if extent == .now {
      ballots += since
      ballots.abstained -= trailing
    }
    return Verdict(
      assessment: assessment, score: peak, threshold: window.threshold, clearance: window.rule.clearance,
      ballots: ballots, start: start, end: extent == .now ? lastDecided : lastAgreeing, strongest: strongest)
  }
}
