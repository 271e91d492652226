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
    let threshold = point.reportedThreshold
    let raw = FrameRule(threshold: point.threshold, minimumComponent: point.minimumComponent)
    var box = BallotBox(rule: source.isStill ? .still : point.votes, threshold: threshold)
    var alarms = 0
    var frameScores: [Float] = []
    func note(_ changes: [BallotBox.Change]) {
      for case .ended(let verdict) in changes.map(\.change) where verdict.label == .fake { alarms += 1 }
    }
    for frame in source.frames {
      var highest: Float?
      let people = frame.people.map { person in
        guard let scores = person.scores else { return FrameBallots.Person(track: person.track, vote: .abstained) }
        let finding = point.calibration.calibrated(
          MaskFinding(score: scores[column], area: 0), by: raw, threshold: threshold)
        highest = max(highest ?? finding.score, finding.score)
        return FrameBallots.Person(track: person.track, vote: .cast(Evidence(finding)))
      }
      if let highest { frameScores.append(highest) }
      note(box.add(FrameBallots(time: frame.time, people: people, ended: frame.ended)))
    }
    note(box.close())
    label = box.summary.assessment.label
    score = box.summary.score
    self.alarms = alarms
    self.frameScores = frameScores
    emptyFrames = source.frames.count - frameScores.count
  }
}

extension Evidence {
  /// Where the face was does not matter to the vote.
  fileprivate init(_ finding: MaskFinding) {
    self.init(
      finding: finding, box: Rectangle(x: 0, y: 0, width: 0, height: 0), picture: PixelSize(width: 0, height: 0))
  }
}
