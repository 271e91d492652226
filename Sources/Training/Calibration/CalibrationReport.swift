internal import Forensics

/// What was chosen, and what it is worth.
struct CalibrationReport: Sendable {
  /// How an operating point does.
  struct Performance: Sendable {
    /// Decisions on files; probabilities of frames.
    let files: [Figure: Double]
    let fileIntervals: [Figure: Interval]
    /// The same where all that is not called real counts as called fake: specificity is then the share of the reals that are
    /// called real, recall the share of the fakes that are not.
    let cleared: [Figure: Double]
    let clearedIntervals: [Figure: Interval]
    let frames: [Figure: Double]
    let frameIntervals: [Figure: Interval]
    let alarms: AlarmRate?
  }

  let before: OperatingPoint
  let after: OperatingPoint
  /// Whether scores could be made into probabilities.
  let isFitted: Bool
  let limits: ErrorLimits
  /// Whether the chosen point keeps to them on the files that it was chosen by.
  let isWithinLimits: Bool
  /// Points of the grid.
  let tried: Int
  /// Whether there were videos to choose the votes by.
  let choosesVotes: Bool
  let folds: Int
  let files: Int
  /// Real footage.
  let seconds: Double
  /// The point before; the chosen one on the files it was chosen by; and the same choice made without the files it is
  /// measured on, which is what can be expected.
  let atPresent: Performance
  let inSample: Performance
  let heldOut: Performance
}

extension CalibrationReport.Performance {
  init(_ judgements: Judgements, clusters: [String: Int], _ bootstrap: Bootstrap) {
    var decisions: [Observation] = []
    var clearances: [Observation] = []
    var scores: [Observation] = []
    var footage: [(alarms: Int, seconds: Double, cluster: Int)] = []
    for (video, threshold) in judgements.files {
      let item = video.source.item
      let cluster = clusters[item.cluster] ?? 0
      // Scores of different folds have different scales: only the decisions can be pooled.
      decisions.append(
        Observation(score: nil, isFake: item.isFake, isCalledFake: video.isCalledFake, cluster: cluster))
      clearances.append(
        Observation(score: nil, isFake: item.isFake, isCalledFake: video.label != .real, cluster: cluster))
      scores += video.frameScores.map {
        Observation(score: Double($0), isFake: item.isFake, isCalledFake: $0 > threshold, cluster: cluster)
      }
      if !item.isFake, !video.source.isStill { footage.append((video.alarms, video.source.seconds, cluster)) }
    }
    let (files, cleared, frames) = (Sample(decisions), Sample(clearances), Sample(scores))
    self.files = files.figures()
    fileIntervals = bootstrap.intervals(of: files)
    self.cleared = cleared.figures()
    clearedIntervals = bootstrap.intervals(of: cleared)
    self.frames = frames.figures()
    frameIntervals = bootstrap.intervals(of: frames)
    alarms = footage.isEmpty ? nil : AlarmRate(footage, bootstrap: bootstrap)
  }
}
