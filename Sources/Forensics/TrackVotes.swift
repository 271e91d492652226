/// The verdicts of one track: ballots in, changes of verdict out. A pure value; time comes with the ballots.
///
/// A label settles once the window has called for it for the rule's dwell time. `fake`, once settled, falls only when
/// the window calls for `real` (or has too few ballots left to say anything): the two ends of the margin are the two
/// thresholds that keep one flicker from making many alerts. Every track ends with at least one `ended` verdict.
public struct TrackVotes: Sendable {
  private let rule: VoteRule
  private let updateInterval: Double
  private var window: VoteWindow
  /// What the window calls for instead of what has settled.
  private var candidate: (label: Label, since: Double)?
  private var stretch: Stretch?
  private var lastEnd = -Double.infinity
  private var hasSettled = false

  /// - Parameters:
  ///   - threshold: the frame rule's threshold; a ballot whose score exceeds it is fake.
  ///   - updateInterval: seconds between two `updated` of a standing verdict.
  public init(rule: VoteRule, threshold: Float, updateInterval: Double = 10) {
    self.rule = rule
    self.updateInterval = updateInterval
    window = VoteWindow(rule: rule, threshold: threshold)
  }

  /// The settled label, if there is one.
  public var label: Label? { stretch?.assessment.label }

  /// Takes one ballot in. Ballots come in order of time.
  public mutating func cast(_ ballot: Ballot) -> [VerdictChange] {
    window.add(ballot)
    stretch?.add(ballot, isFake: window.isFake(ballot))
    stretch?.observe(window)
    let wanted = wantedAssessment()
    if let wanted, wanted.label != stretch?.assessment.label {
      return nominate(wanted, at: ballot.time) ? settle(wanted, at: ballot.time) : []
    }
    if let wanted, isGraver(wanted) {
      if nominate(wanted, at: ballot.time) { stretch?.assessment = wanted }
    } else {
      candidate = nil
    }
    if var current = stretch, ballot.time - current.lastReport >= updateInterval {
      current.lastReport = ballot.time
      stretch = current
      return [.updated(current.verdict(of: window, through: .now))]
    }
    return []
  }

  /// Ends the track.
  public mutating func close() -> [VerdictChange] {
    defer {
      stretch = nil
      window = VoteWindow(rule: rule, threshold: window.threshold)
    }
    if let stretch { return [.ended(stretch.verdict(of: window, through: .now))] }
    if hasSettled { return [] }
    guard let first = window.ballots.first else { return [] }
    var whole = Stretch(assessment: window.assessment, start: first.time, reportedAt: first.time)
    for ballot in window.ballots { whole.add(ballot, isFake: window.isFake(ballot)) }
    whole.observe(window)
    return [.ended(whole.verdict(of: window, through: .now))]
  }

  /// The label that the window calls for, hysteresis applied; nil when it calls for no change from "nothing yet".
  private func wantedAssessment() -> Assessment? {
    let now = window.assessment
    guard let settled = stretch?.assessment else {
      // Too few ballots is how every track begins, not a verdict.
      return now.reason == .tooFewBallots ? nil : now
    }
    if settled.label == .fake && now.reason == .closeToTheLine { return settled }
    return now
  }

  /// Whether the label that stands would be given for a reason that weighs more than the one told so far: of a person whose
  /// score was too high to be called real the ballots are now split.
  private func isGraver(_ wanted: Assessment) -> Bool {
    stretch?.assessment.reason == .notCleared && wanted.reason == .closeToTheLine
  }

  /// Makes the label the candidate, unless it is.
  /// - Returns: whether the window has called for it for the rule's dwell time.
  private mutating func nominate(_ wanted: Assessment, at time: Double) -> Bool {
    let since = candidate.flatMap { $0.label == wanted.label ? $0.since : nil } ?? time
    candidate = (wanted.label, since)
    return time - since >= rule.dwell(from: stretch?.assessment, to: wanted)
  }

  /// When a stretch gave way to another label: the window tells of the change only seconds later, and frames err on both
  /// sides of it. The last ballot that speaks for the stretch, so that ballots up to it speak for the old label and those
  /// after it for the new one as far as they can.
  /// - Returns: nil when no ballot in the window speaks for it.
  private func boundary(of stretch: Stretch, before new: Assessment) -> Double? {
    let old = stretch.assessment
    // A stretch close to the line is a mixture, in which a ballot against the decided label is no surprise: there it
    // counts thrice, as one of ten against one of two does (log(.1/.5) is about three times -log(.9/.5)).
    let isMixture = old.reason == .closeToTheLine || new.reason == .closeToTheLine
    let sign = old.label == .inconclusive ? -1 : 1
    let decided = old.label == .inconclusive ? new.label : old.label
    // Between real and what was not cleared, no ballot need be fake.
    let isAboutClearance = decided == .real && (old.reason == .notCleared || new.reason == .notCleared)
    var sum = 0
    var best: (sum: Int, time: Double)?
    for ballot in window.ballots where ballot.time >= stretch.start && ballot.time <= stretch.lastAgreeing {
      let isFake = window.isFake(ballot)
      guard isFake != nil else { continue }
      let agrees = isAboutClearance ? window.isCleared(ballot) == true : Stretch.agrees(isFake, with: decided)
      sum += sign * (agrees ? 1 : isMixture ? -3 : -1)
      if Stretch.agrees(isFake, with: old.label), best == nil || sum >= best!.sum { best = (sum, ballot.time) }
    }
    return best?.time
  }

  private mutating func settle(_ assessment: Assessment, at time: Double) -> [VerdictChange] {
    var changes: [VerdictChange] = []
    if var stretch {
      if let end = boundary(of: stretch, before: assessment) {
        stretch.retreat(to: end, of: window.ballots, isFake: window.isFake)
      }
      changes.append(.ended(stretch.verdict(of: window, through: .lastInAgreement)))
      lastEnd = stretch.lastAgreeing
    }
    stretch = nil
    candidate = nil
    // A window that ran out of ballots ends a verdict without beginning another.
    guard assessment.reason != .tooFewBallots else { return changes }
    let fresh = window.ballots.filter { $0.time > lastEnd }
    // The window may owe its label to ballots that the last stretch has already counted: then the next one waits for
    // a ballot of its own.
    guard let begin = fresh.first(where: { Stretch.agrees(window.isFake($0), with: assessment.label) }) else {
      return changes
    }
    var next = Stretch(assessment: assessment, start: begin.time, reportedAt: time)
    for ballot in fresh where ballot.time >= begin.time {
      next.add(ballot, isFake: window.isFake(ballot))
    }
    next.observe(window)
    hasSettled = true
    stretch = next
    changes.append(.started(next.verdict(of: window, through: .now)))
    return changes
  }
}
