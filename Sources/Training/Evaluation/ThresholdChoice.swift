internal import Forensics

/// What a frame threshold makes of the footage, all else as it is: for whoever weighs missed fakes against false alarms.
struct ThresholdChoice: Sendable {
  /// As scores are reported.
  let threshold: Float
  /// Whether the report's other figures are of this one.
  let isUsed: Bool
  /// Decisions on files, and the intervals of recall and specificity.
  let decisions: ConfusionCounts
  let intervals: [Figure: Interval]
  /// Files called real, by truth; what is left is inconclusive or without a face.
  let cleared: (fakes: Int, reals: Int)
  let alarms: AlarmRate?

  /// Told beside the threshold that is used.
  static let usual: [Float] = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95]

  /// The usual thresholds and the one that is used, ascending.
  /// - Parameter videos: judged at the point that is used.
  static func all(_ videos: [JudgedSource], at used: OperatingPoint, column: Int, _ bootstrap: Bootstrap) -> [Self] {
    // Two that read the same to three decimals would only puzzle.
    let others = usual.filter { abs($0 - used.reportedThreshold) >= 0.001 }.map { threshold in
      var point = used
      point.threshold = point.calibration.score(of: threshold)
      let judged = videos.map { JudgedSource($0.source, at: point, column: column) }
      return ThresholdChoice(judged, threshold: threshold, isUsed: false, bootstrap)
    }
    let own = ThresholdChoice(videos, threshold: used.reportedThreshold, isUsed: true, bootstrap)
    return (others + [own]).sorted { $0.threshold < $1.threshold }
  }

  private init(_ videos: [JudgedSource], threshold: Float, isUsed: Bool, _ bootstrap: Bootstrap) {
    self.threshold = threshold
    self.isUsed = isUsed
    // Without scores, whose ranks would take most of the time: only decisions are told.
    let sample = Sample(
      EvaluationReport.Part.fileObservations(videos).map { observation in
        var decision = observation
        decision.score = nil
        return decision
      })
    decisions = sample.confusion()
    intervals = bootstrap.intervals(of: sample)
    func cleared(_ isFake: Bool) -> Int { videos.count { $0.source.item.isFake == isFake && $0.label == .real } }
    self.cleared = (cleared(true), cleared(false))
    alarms = EvaluationReport.Part.alarms(of: videos, bootstrap)
  }
}
