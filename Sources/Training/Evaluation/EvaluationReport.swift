internal import Forensics
internal import Records

/// Everything that is said about a detector on one set of footage. Pure: the same scores give the same report.
public struct EvaluationReport: Sendable {
  /// Figures of one kind of thing judged.
  struct Level: Sendable {
    let title: String
    /// The key in JSON.
    let key: String
    let sample: Sample
    let figures: [Figure: Double]
    let intervals: [Figure: Interval]
  }

  /// The set in one condition.
  struct Part: Sendable {
    let condition: String
    let videos: [JudgedSource]
    /// Per frame, per file by the verdict's score, per file by the mean frame score.
    let frames: Level
    let files: Level
    let means: Level
    /// Files by truth and verdict.
    let labels: [Bool: [Label: Int]]
    let alarms: AlarmRate?
    /// Mean Dice over the frames of fakes with true masks, its interval, and the number of frames.
    let dice: (mean: Double, interval: Interval?, frames: Int)?

    /// Files that took part, by truth.
    func files(fake: Bool) -> Int { (labels[fake] ?? [:]).values.reduce(0, +) }
    /// Frames without a face that could be judged, of all frames.
    var emptyFrames: (empty: Int, all: Int) {
      (videos.reduce(0) { $0 + $1.emptyFrames }, videos.reduce(0) { $0 + $1.source.frames.count })
    }
  }

  /// One group's figures, or those of the fakes of one kind. Fakes alone are ranked against all reals, reals alone against
  /// all fakes.
  struct Group: Sendable {
    let name: String
    let reals: Int
    let fakes: Int
    let recall: Double?
    let specificity: Double?
    let auroc: Double?
    let interval: Interval?
  }

  let scores: ScoreSet
  let seed: UInt64
  let rounds: Int
  /// The footage as it is, then each treatment.
  let parts: [Part]
  let groups: [Group]
  /// The fakes by what was done to them, where the list says so.
  let kinds: [Group]
  /// The original footage at other thresholds, and at the one that is used.
  let choices: [ThresholdChoice]
  let unbalancedFiles: [UnbalancedProtocol.Mix]
  let unbalancedFrames: [UnbalancedProtocol.Mix]
  let unreadable: [String]

  var original: Part { parts[0] }
  /// Whether scores are calibrated probabilities.
  var isCalibrated: Bool { scores.point.calibration != .none }

  /// - Parameters:
  ///   - seed: of the resampling.
  ///   - rounds: resamples for each interval.
  /// - Precondition: the set is not empty.
  public init(_ scores: ScoreSet, seed: UInt64 = 1, rounds: Int = 2000) {
    self.scores = scores
    self.seed = seed
    self.rounds = rounds
    let bootstrap = Bootstrap(rounds: rounds, seed: seed)
    let column = scores.minimumComponents.firstIndex(of: scores.point.minimumComponent) ?? 0
    var conditions: [String] = []
    for source in scores.sources where !conditions.contains(source.condition) { conditions.append(source.condition) }
    parts = conditions.map { condition in
      let readable = scores.sources.filter { $0.condition == condition && !$0.isUnreadable }
      return Part(
        condition, readable.map { JudgedSource($0, at: scores.point, column: column) }, point: scores.point, bootstrap)
    }
    choices = ThresholdChoice.all(parts[0].videos, at: scores.point, column: column, bootstrap)
    unreadable = scores.sources.compactMap { source in
      source.failure.map { source.condition == conditions[0] ? $0 : "\($0) (\(source.condition))" }
    }
    groups = Self.groups(of: parts[0], by: \.group, bootstrap)
    kinds = Self.groups(of: parts[0], by: \.kind, bootstrap)
    let unbalanced = UnbalancedProtocol(seed: seed)
    unbalancedFiles = unbalanced.mixes(of: parts[0].files.sample)
    unbalancedFrames = unbalanced.mixes(of: parts[0].frames.sample)
  }

  /// For a terminal.
  public var text: String { TextReport.text(of: self) }
  /// As one JSON object.
  public var json: [UInt8] { JSONReport.object(of: self).encoded() + [UInt8(ascii: "\n")] }
  /// As one HTML page without outside resources.
  public var html: String { HTMLReport.page(of: self) }

  /// What a reader must know before trusting the figures.
  var cautions: [String] {
    var cautions: [String] = []
    let fakes = original.files(fake: true)
    let reals = original.files(fake: false)
    if fakes == 0 || reals == 0 {
      cautions.append("There are no \(fakes == 0 ? "fakes" : "reals"): nothing that compares the two can be told.")
    } else if min(fakes, reals) < 10 {
      cautions.append(
        "\(fakes) fake and \(reals) real files are too few: the intervals are wide, and still too narrow to be trusted."
      )
    }
    if !isCalibrated {
      cautions.append(
        "The model is not calibrated: its scores are confidences, not probabilities, so Brier score, calibration error "
          + "and likelihood only say how far they are from being any.")
    }
    if scores.lacksOverlaps {
      cautions.append(
        "Dice is left out: which pixels are marked was kept for the threshold of the first run only; judge the footage "
          + "itself with this one.")
    }
    return cautions
  }

  private static func groups(
    of part: Part, by name: KeyPath<EvaluationItem, String?>, _ bootstrap: Bootstrap
  ) -> [Group] {
    let names = part.videos.map { $0.source.item[keyPath: name] }
    let observations = Part.fileObservations(part.videos)
    return Set(names.compactMap(\.self)).sorted().map { name in
      let own = names.indices.filter { names[$0] == name }
      var confusion = ConfusionCounts()
      for index in own {
        confusion.count(isFake: observations[index].isFake, isCalledFake: observations[index].isCalledFake)
      }
      var compared = own.map { observations[$0] }
      if confusion.fakes == 0 { compared += observations.filter(\.isFake) }
      if confusion.reals == 0 { compared += observations.filter { !$0.isFake } }
      let sample = Sample(compared)
      return Group(
        name: name, reals: Int(confusion.reals), fakes: Int(confusion.fakes), recall: confusion.recall,
        specificity: confusion.specificity, auroc: RankCurve(ranked: sample.observations)?.areaUnderROC,
        interval: bootstrap.intervals(of: sample)[.auroc])
    }
  }
}

extension EvaluationReport.Part {
  fileprivate init(
    _ condition: String, _ videos: [JudgedSource], point: OperatingPoint, _ bootstrap: Bootstrap
  ) {
    self.condition = condition
    self.videos = videos
    let clusters = Self.clusters(of: videos)
    frames = EvaluationReport.Level(
      "frames", "frame", Self.frameObservations(videos, clusters, threshold: point.reportedThreshold), bootstrap)
    files = EvaluationReport.Level("files, by verdict", "video", Self.fileObservations(videos), bootstrap)
    means = EvaluationReport.Level(
      "files, by mean frame score", "video_mean",
      Self.meanObservations(videos, clusters, threshold: point.reportedThreshold), bootstrap)
    var labels: [Bool: [Label: Int]] = [:]
    for video in videos { labels[video.source.item.isFake, default: [:]][video.label, default: 0] += 1 }
    self.labels = labels
    alarms = Self.alarms(of: videos, bootstrap)
    dice = Self.dice(videos, clusters, bootstrap)
  }

  /// Each file's cluster, numbered in the order of their first files.
  private static func clusters(of videos: [JudgedSource]) -> [Int] {
    var numbers: [String: Int] = [:]
    return videos.map { video in
      let number = numbers[video.source.item.cluster] ?? numbers.count
      numbers[video.source.item.cluster] = number
      return number
    }
  }

  static func fileObservations(_ videos: [JudgedSource]) -> [Observation] {
    zip(videos, clusters(of: videos)).map { video, cluster in
      Observation(
        score: video.score.map(Double.init), isFake: video.source.item.isFake, isCalledFake: video.isCalledFake,
        cluster: cluster)
    }
  }

  /// Nil without real footage.
  static func alarms(of videos: [JudgedSource], _ bootstrap: Bootstrap) -> AlarmRate? {
    let footage = zip(videos, clusters(of: videos)).filter { !$0.0.source.item.isFake && !$0.0.source.isStill }
    return footage.isEmpty
      ? nil : AlarmRate(footage.map { ($0.0.alarms, $0.0.source.seconds, $0.1) }, bootstrap: bootstrap)
  }

  private static func meanObservations(
    _ videos: [JudgedSource], _ clusters: [Int], threshold: Float
  ) -> [Observation] {
    zip(videos, clusters).map { video, cluster in
      Observation(
        score: video.meanFrameScore, isFake: video.source.item.isFake,
        isCalledFake: (video.meanFrameScore ?? 0) > Double(threshold), cluster: cluster)
    }
  }

  private static func frameObservations(
    _ videos: [JudgedSource], _ clusters: [Int], threshold: Float
  ) -> [Observation] {
    zip(videos, clusters).flatMap { video, cluster in
      video.frameScores.map { score in
        Observation(
          score: Double(score), isFake: video.source.item.isFake, isCalledFake: score > threshold, cluster: cluster)
      }
    }
  }

  private static func dice(
    _ videos: [JudgedSource], _ clusters: [Int], _ bootstrap: Bootstrap
  ) -> (mean: Double, interval: Interval?, frames: Int)? {
    var values: [(dice: Double, cluster: Int)] = []
    for (video, cluster) in zip(videos, clusters) where video.source.item.isFake {
      values += video.source.frames.compactMap { $0.overlap?.dice }.map { ($0, cluster) }
    }
    guard !values.isEmpty else { return nil }
    var means: [Double] = []
    bootstrap.weights(clusters: (clusters.max() ?? 0) + 1) { weights in
      var sum = 0.0
      var count = 0.0
      for value in values {
        sum += weights[value.cluster] * value.dice
        count += weights[value.cluster]
      }
      if count > 0 { means.append(sum / count) }
    }
    let mean = values.reduce(0) { $0 + $1.dice } / Double(values.count)
    return (mean, Set(values.map(\.cluster)).count > 1 ? bootstrap.interval(of: means) : nil, values.count)
  }
}

extension EvaluationReport.Level {
  fileprivate init(_ title: String, _ key: String, _ observations: [Observation], _ bootstrap: Bootstrap) {
    self.title = title
    self.key = key
    sample = Sample(observations)
    figures = sample.figures()
    intervals = bootstrap.intervals(of: sample)
  }
}
