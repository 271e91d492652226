internal import Analysis
internal import Forensics

/// What a judgement makes of the ballots of one scan.
struct JudgedScan: Sendable, Hashable {
  /// Nil when nothing could be looked at.
  var verdict: LedgerVerdict?
  /// In the order of the records.
  var stretches: [LedgerStretch] = []

  /// Nothing was seen.
  init() {}

  /// Counts the ballots again, frame by frame as the analysis did, so that a stored scan and a fresh one are judged
  /// alike.
  /// - Parameters:
  ///   - ballots: in the order of frames and places.
  ///   - endings: the frame before which each track ended.
  ///   - isStill: one picture, where the frame rule alone decides.
  ///   - isWhole: false where a limit kept the rest from being looked at. A finding stands all the same; that there was
  ///     none says nothing of the whole.
  init(
    _ ballots: [LedgerBallot], endings: [Int: Int], isStill: Bool, isWhole: Bool = true, by judgement: Judgement,
    of model: LedgerModel
  ) {
    let rule = FrameRule(
      threshold: model.calibration.score(of: judgement.threshold), minimumComponent: model.rule.minimumComponent)
    var box = BallotBox(rule: isStill ? judgement.votes.still : judgement.votes, threshold: judgement.threshold)
    let area = AreaCurve(levels: model.areaLevels)
    // Sorted by the frame; those of one frame by number, as the tracker ends them.
    var ended = endings.sorted { ($0.value, $0.key) < ($1.value, $1.key) }[...]
    var rest = ballots[...]
    while let first = rest.first {
      let frame = rest.prefix { $0.frame == first.frame }
      rest = rest.dropFirst(frame.count)
      let over = ended.prefix { $0.value <= first.frame }
      ended = ended.dropFirst(over.count)
      let people = frame.map { ballot in
        FrameBallots.Person(
          track: ballot.track,
          vote: ballot.face.map { face in
            let raw = MaskFinding(score: face.score, area: area.area(at: rule.threshold, of: face))
            return .cast(
              Evidence(
                finding: model.calibration.calibrated(raw, by: rule, threshold: judgement.threshold), box: face.box,
                picture: face.picture))
          } ?? .abstained)
      }
      note(box.add(FrameBallots(time: first.time, people: people, ended: over.map(\.key))))
    }
    // Those that ended while nobody was there.
    note(box.add(FrameBallots(time: ballots.last?.time ?? 0, people: [], ended: ended.map(\.key))))
    note(box.close())
    let summary = box.summary
    let isSettled = isWhole || summary.assessment.label == .fake
    verdict = LedgerVerdict(
      assessment: isSettled ? summary.assessment : Assessment(label: .inconclusive, reason: .cutShort),
      score: summary.score)
  }

  private mutating func note(_ changes: [BallotBox.Change]) {
    for change in changes {
      guard case .ended(let verdict) = change.change else { continue }
      stretches.append(LedgerStretch(track: change.track, verdict: verdict))
    }
  }
}

/// The mask's area at thresholds between those at which it was told: on a straight line between its neighbours.
private struct AreaCurve {
  let levels: [Float]

  func area(at threshold: Float, of face: LedgerFace) -> Float {
    guard face.score > threshold, let last = levels.indices.last else { return 0 }
    guard let above = levels.firstIndex(where: { $0 >= threshold }) else { return face.area(atLevel: last) }
    if levels[above] == threshold || above == 0 { return face.area(atLevel: above) }
    let (low, high) = (levels[above - 1], levels[above])
    let (lowArea, highArea) = (face.area(atLevel: above - 1), face.area(atLevel: above))
    return lowArea + (threshold - low) / (high - low) * (highArea - lowArea)
  }
}
