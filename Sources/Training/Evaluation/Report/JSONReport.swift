internal import Forensics
internal import Records

/// The report as JSON; keys in a fixed order, undefined figures left out.
enum JSONReport {
  static func object(of report: EvaluationReport) -> JSONObject {
    var object = JSONObject()
    object.set("format", "unmask-evaluation/1")
    var model = JSONObject()
    model.set("name", report.scores.model)
    model.set("version", report.scores.version)
    model.set("sha256", report.scores.sha256)
    object.set("model", model)
    object.set("operating_point", point(report.scores.point))
    object.set("sampling", report.scores.sampling)
    if let circumstances = report.scores.circumstances {
      object.set("program", circumstances.program)
      object.set("set", circumstances.set)
      object.set("smallest_face", circumstances.smallestFace)
      object.set("face_models", .array(circumstances.faceModels.map(JSONValue.string)))
    }
    object.set("calibrated", .bool(report.isCalibrated))
    var resampling = JSONObject()
    resampling.set("over", report.scores.hasListedGroups ? "groups" : "files")
    resampling.set("rounds", report.rounds)
    resampling.set("seed", .integer(Int64(clamping: report.seed)))
    object.set("bootstrap", resampling)
    object.set("conditions", .array(report.parts.map { .object(part($0)) }))
    object.set("thresholds", .array(report.choices.map { .object(choice($0)) }))
    var unbalanced = JSONObject()
    unbalanced.set("video", .array(report.unbalancedFiles.map { .object(mix($0)) }))
    unbalanced.set("frame", .array(report.unbalancedFrames.map { .object(mix($0)) }))
    object.set("unbalanced", unbalanced)
    object.set("kinds", .array(report.kinds.map { .object(group($0)) }))
    object.set("groups", .array(report.groups.map { .object(group($0)) }))
    object.set("files", .array(report.original.videos.map { .object(file($0)) }))
    object.set("unreadable", .array(report.unreadable.map(JSONValue.string)))
    object.set("cautions", .array(report.cautions.map(JSONValue.string)))
    return object
  }

  static func point(_ point: OperatingPoint) -> JSONObject {
    var object = JSONObject()
    object.set("threshold", Double(point.threshold), decimals: 6)
    object.set("reported_threshold", Double(point.reportedThreshold), decimals: 6)
    object.set("min_component", point.minimumComponent)
    object.set("line", point.votes.line, decimals: 3)
    object.set("margin", point.votes.margin, decimals: 3)
    object.set("window", point.votes.window, decimals: 3)
    object.set("minimum_ballots", point.votes.minimumBallots)
    object.set("dwell", point.votes.dwell, decimals: 3)
    object.set("clearance", Double(point.reportedClearance), decimals: 6)
    object.set("temperature", point.calibration.temperature, decimals: 6)
    object.set("bias", point.calibration.bias, decimals: 6)
    return object
  }

  static func figures(_ values: [Figure: Double], _ intervals: [Figure: Interval]) -> JSONObject {
    var object = JSONObject()
    for figure in Figure.allCases {
      guard let value = values[figure] else { continue }
      var member = JSONObject()
      member.set("value", value, decimals: 6)
      member.set("interval", interval(intervals[figure]))
      object.set(figure.rawValue, member)
    }
    return object
  }

  static func interval(_ interval: Interval?) -> JSONValue? {
    interval.map { .array([.number($0.low, decimals: 6), .number($0.high, decimals: 6)]) }
  }

  static func alarms(_ alarms: AlarmRate) -> JSONObject {
    var object = JSONObject()
    object.set("alarms", alarms.alarms)
    object.set("hours", alarms.hours, decimals: 6)
    object.set("per_hour", alarms.perHour, decimals: 6)
    object.set("interval", interval(alarms.interval))
    return object
  }

  private static func part(_ part: EvaluationReport.Part) -> JSONObject {
    var object = JSONObject()
    object.set("condition", part.condition)
    for level in [part.frames, part.files, part.means] {
      var member = figures(level.figures, level.intervals)
      member.set("judged", level.sample.observations.count)
      member.set("ranked", level.sample.scored)
      object.set(level.key, member)
    }
    var verdicts = JSONObject()
    for isFake in [true, false] {
      var counts = JSONObject()
      for label in Label.allCases { counts.set(label.rawValue, part.labels[isFake]?[label] ?? 0) }
      verdicts.set(isFake ? "of_fakes" : "of_reals", counts)
    }
    object.set("verdicts", verdicts)
    object.set("false_alarms", part.alarms.map { .object(alarms($0)) })
    if let dice = part.dice {
      var member = JSONObject()
      member.set("mean", dice.mean, decimals: 6)
      member.set("interval", interval(dice.interval))
      member.set("frames", dice.frames)
      object.set("dice", member)
    }
    let empty = part.emptyFrames
    object.set("frames_sampled", empty.all)
    object.set("frames_without_face", empty.empty)
    return object
  }

  private static func choice(_ choice: ThresholdChoice) -> JSONObject {
    let decisions = choice.decisions
    var object = JSONObject()
    object.set("threshold", Double(choice.threshold), decimals: 6)
    object.set("used", .bool(choice.isUsed))
    for (name, figure, value) in [
      ("recall", Figure.recall, decisions.recall), ("specificity", .specificity, decisions.specificity),
    ] {
      object.set(name, value, decimals: 6)
      object.set(name + "_interval", interval(choice.intervals[figure]))
    }
    for (name, count) in [
      ("fakes_called_fake", Int(decisions.truePositives)), ("reals_called_fake", Int(decisions.falsePositives)),
      ("fakes_called_real", choice.cleared.fakes), ("reals_called_real", choice.cleared.reals),
    ] { object.set(name, count) }
    object.set("false_alarms", choice.alarms.map { .object(alarms($0)) })
    return object
  }

  private static func mix(_ mix: UnbalancedProtocol.Mix) -> JSONObject {
    var object = JSONObject()
    object.set("share", mix.share, decimals: 3)
    object.set("fakes", mix.fakes)
    object.set("reals", mix.reals)
    object.set("draws", mix.draws)
    object.set("figures", figures(mix.means, mix.intervals))
    object.set("expected_precision", mix.expectedPrecision, decimals: 6)
    return object
  }

  private static func group(_ group: EvaluationReport.Group) -> JSONObject {
    var object = JSONObject()
    object.set("name", group.name)
    object.set("fakes", group.fakes)
    object.set("reals", group.reals)
    object.set("recall", group.recall, decimals: 6)
    object.set("specificity", group.specificity, decimals: 6)
    object.set("auroc", group.auroc, decimals: 6)
    object.set("interval", interval(group.interval))
    return object
  }

  private static func file(_ video: JudgedSource) -> JSONObject {
    var object = JSONObject()
    object.set("path", video.source.item.name)
    object.set("truth", video.source.item.isFake ? "fake" : "real")
    object.set("group", video.source.item.group)
    object.set("verdict", video.label.rawValue)
    object.set("score", video.score.map(Double.init), decimals: 6)
    object.set("mean_frame_score", video.meanFrameScore, decimals: 6)
    object.set("frames", video.source.frames.count)
    object.set("frames_without_face", video.emptyFrames)
    object.set("alarms", video.alarms)
    object.set("seconds", video.source.seconds, decimals: 3)
    return object
  }
}
