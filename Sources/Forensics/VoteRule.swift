/// How a person's ballots become a verdict: the seed article's majority ("more than half of the frames"), taken over a
/// sliding window because a stream has no end, with room for "I do not know".
public struct VoteRule: Sendable, Hashable {
  /// Length of the sliding window, seconds.
  public var window: Double
  /// Fewer decided ballots than this in the window are `inconclusive`.
  public var minimumBallots: Int
  /// The article's line: more than this share of fake ballots is a majority. At least 0, less than 1.
  public var line: Double
  /// A share within this distance of the line is `inconclusive`; the two ends are also the thresholds between which
  /// a verdict of `fake`, once raised, stays raised.
  public var margin: Double
  /// A new label must hold this long, seconds, before it replaces the old one.
  public var dwell: Double

  public init(
    window: Double = 10, minimumBallots: Int = 6, line: Double = 0.5, margin: Double = 0.1, dwell: Double = 1
  ) {
    self.window = window
    self.minimumBallots = minimumBallots
    self.line = line
    self.margin = margin
    self.dwell = dwell
  }

  /// How long an assessment must hold before it settles, seconds. A window on its way from one side of the line to the
  /// other is close to the line for `2 * margin * window` seconds; only what stays there longer is undecided.
  func dwell(for assessment: Assessment) -> Double {
    assessment.reason == .closeToTheLine ? dwell + 2 * margin * window : dwell
  }

  /// For a still image, which has one ballot to give: the frame rule alone decides.
  public static let still = VoteRule(window: 0, minimumBallots: 1, line: 0.5, margin: 0, dwell: 0)

  /// The label that a window with these ballots deserves by itself, without memory of earlier windows.
  public func assessment(of tally: Tally) -> Assessment {
    if tally.decided < max(1, minimumBallots) { return Assessment(label: .inconclusive, reason: .tooFewBallots) }
    let share = tally.fakeShare
    if share > line + margin { return Assessment(label: .fake, reason: .majority) }
    // At the line itself there is no majority of fakes, so without a margin an even split is real, as in the article.
    if share < line - margin || (margin == 0 && share <= line) { return Assessment(label: .real, reason: .majority) }
    return Assessment(label: .inconclusive, reason: .closeToTheLine)
  }
}

/// What is said of a person, a file or a stream.
public enum Label: String, Sendable, Hashable, CaseIterable {
  case fake, real, inconclusive
  /// There was nobody to judge.
  case noFace = "no_face"
}

/// Why a label was given.
public enum Reason: String, Sendable, Hashable, CaseIterable {
  /// The ballots are clearly on one side of the line.
  case majority
  /// The window holds fewer decided ballots than the rule asks for.
  case tooFewBallots = "too_few_ballots"
  /// The share of fake ballots lies within the margin of the line.
  case closeToTheLine = "close_to_the_line"
  /// No face was found at all.
  case noFace = "no_face"
  /// A limit kept the rest from being looked at, and what was looked at shows nothing.
  case cutShort = "cut_short"
}

/// A label with its reason.
public struct Assessment: Sendable, Hashable {
  public let label: Label
  public let reason: Reason

  public init(label: Label, reason: Reason) {
    self.label = label
    self.reason = reason
  }
}
