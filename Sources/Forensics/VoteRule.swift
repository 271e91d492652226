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
  /// The highest window score, 0...1, at which a person may be called real: between it and the frame threshold lie both
  /// reals and the fakes that a detector misses (the reject option of Chow, IEEE Trans. Inf. Theory 16, 1970). 1 lets the
  /// ballots alone decide, as in the article.
  public var clearance: Float

  public init(
    window: Double = 10, minimumBallots: Int = 6, line: Double = 0.5, margin: Double = 0.1, dwell: Double = 1,
    clearance: Float = 1
  ) {
    self.window = window
    self.minimumBallots = minimumBallots
    self.line = line
    self.margin = margin
    self.dwell = dwell
    self.clearance = clearance
  }

  /// How long an assessment must hold before it settles, seconds. A window on its way from one side of the line to the
  /// other is close to the line for `2 * margin * window` seconds; only what stays there longer is undecided. A score that
  /// wavers about the clearance gets the same time in both directions.
  /// - Parameter old: what has settled, if anything has.
  func dwell(from old: Assessment?, to new: Assessment) -> Double {
    let isSlow =
      new.reason == .closeToTheLine || new.reason == .notCleared || old?.reason == .notCleared && new.label == .real
    return isSlow ? dwell + 2 * margin * window : dwell
  }

  /// The clearance as it works beside a frame threshold: whoever exceeds that is not called real anyway.
  public func clearance(upTo threshold: Float) -> Float { min(clearance, threshold) }

  /// For a still image, which has one ballot to give: the frame rule and the clearance decide.
  public var still: VoteRule {
    VoteRule(window: 0, minimumBallots: 1, line: 0.5, margin: 0, dwell: 0, clearance: clearance)
  }

  /// The label that a window with these ballots deserves by itself, without memory of earlier windows.
  /// - Parameter score: the window's, nil where no ballot was decided.
  public func assessment(of tally: Tally, score: Float?) -> Assessment {
    if tally.decided < max(1, minimumBallots) { return Assessment(label: .inconclusive, reason: .tooFewBallots) }
    let share = tally.fakeShare
    if share > line + margin { return Assessment(label: .fake, reason: .majority) }
    // At the line itself there is no majority of fakes, so without a margin an even split is real, as in the article.
    if share < line - margin || (margin == 0 && share <= line) {
      let isCleared = score.map { $0 <= clearance } ?? true
      return isCleared
        ? Assessment(label: .real, reason: .majority) : Assessment(label: .inconclusive, reason: .notCleared)
    }
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
  /// Too few ballots say fake for a verdict of fake, but the score exceeds what a person may have who is called real.
  case notCleared = "not_cleared"
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

  /// What outranks what where several people or stretches make one verdict: one fake makes the whole fake; a person who
  /// was judged but not decided upon forbids calling the whole real, one who merely passed by does not.
  public var weight: Int {
    switch (label, reason) {
    case (.fake, _): 4
    case (.inconclusive, .closeToTheLine), (.inconclusive, .notCleared): 3
    case (.real, _): 2
    case (.inconclusive, _): 1
    case (.noFace, _): 0
    }
  }
}
