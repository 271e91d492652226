internal import Analysis
internal import Forensics
internal import Media

/// A scored source with the verdict that an operating point gives it.
struct JudgedSource: Sendable {
  let source: ScoredSource
  let label: Label
  /// The file's score as the records have it: the highest window score of its people. Nil without a face.
  let score: Float?
  /// How often a verdict of fake began.
  let alarms: Int
  /// The score of each frame with a judged face: that of the face with the highest.
  let frameScores: [Float]
  /// Frames in which nobody could be judged.
  let emptyFrames: Int

  var isCalledFake: Bool { label == .fake }

  /// The mean of the frame scores, the measure that most publications rank videos by; nil without a face.
  var meanFrameScore: Double? {
    frameScores.isEmpty ? nil : frameScores.reduce(0) { $0 + Double($1) } / Double(frameScores.count)
  }

  /// Counts the kept ballots as the analysis counts fresh ones.
  /// - Parameter column: which of the scores belongs to the point's component size.
  init(_ source: ScoredSource, at point: OperatingPoint, column: Int) {
    self.source = source
    let count = BallotCount(
      source.ballots(column: column, at: point), rule: source.isStill ? point.votes.still : point.votes,
      threshold: point.reportedThreshold)
    label = count.label
    score = count.score
    alarms = count.alarms
    frameScores = source.frameScores(column: column, at: point)
    emptyFrames = source.frames.count - frameScores.count
  }
}

/// What a vote makes of the ballots of one source.
struct BallotCount: Sendable {
  let label: Label
  let score: Float?
  /// How often a verdict of fake began.
  let alarms: Int

  /// - Parameter threshold: as the ballots' scores are, calibrated or not.
  init(_ ballots: [FrameBallots], rule: VoteRule, threshold: Float) {
    var box = BallotBox(rule: rule, threshold: threshold)
    var alarms = 0
    func note(_ changes: [BallotBox.Change]) {
      for case .ended(let verdict) in changes.map(\.change) where verdict.label == .fake { alarms += 1 }
    }
    for frame in ballots { note(box.add(frame)) }
    note(box.close())
    label = box.summary.assessment.label
    score = box.summary.score
    self.alarms = alarms
  }
}

extension ScoredSource {
  /// The ballots as the analysis cast them, in the scores that the point reports.
  func ballots(column: Int, at point: OperatingPoint) -> [FrameBallots] {
    frames.map { frame in
      FrameBallots(
        time: frame.time,
        people: frame.people.map { person in
          let vote = person.scores.map { Ballot.Vote.cast(Evidence(point.finding(of: $0[column]))) }
          return FrameBallots.Person(track: person.track, vote: vote ?? .abstained)
        }, ended: frame.ended)
    }
  }

  /// The score of each frame with a judged face: that of the face with the highest.
  func frameScores(column: Int, at point: OperatingPoint) -> [Float] {
    frames.compactMap { frame in
      frame.people.compactMap { person in person.scores.map { point.finding(of: $0[column]).score } }.max()
    }
  }
}

extension OperatingPoint {
  fileprivate func finding(of raw: Float) -> MaskFinding {
    calibration.calibrated(
      MaskFinding(score: raw, area: 0),
      by: FrameRule(threshold: threshold, minimumComponent: minimumComponent), threshold: reportedThreshold)
  }
}

extension Evidence {
  /// Where the face was does not matter to the vote.
  fileprivate init(_ finding: MaskFinding) {
    self.init(
      finding: finding, box: Rectangle(x: 0, y: 0, width: 0, height: 0), picture: PixelSize(width: 0, height: 0))
  }
}
