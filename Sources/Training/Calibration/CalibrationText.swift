internal import Forensics
internal import Foundation
internal import Records

/// A calibration told to people, to programs and by the model itself.
enum CalibrationText {
  static func text(of report: CalibrationReport, _ scores: ScoreSet) -> String {
    var points = TextTable("", "before", "after")
    func row(_ name: String, _ value: (OperatingPoint) -> String) {
      points.add(name, value(report.before), value(report.after))
    }
    row("frame threshold") { FigureText.number(Double($0.threshold), decimals: 4) }
    row("smallest component, points") { "> \($0.minimumComponent)" }
    row("vote's line") { FigureText.number($0.votes.line, decimals: 2) }
    row("margin") { FigureText.number($0.votes.margin, decimals: 2) }
    row("dwell, seconds") { FigureText.number($0.votes.dwell, decimals: 1) }
    row("temperature") { FigureText.number($0.calibration.temperature) }
    row("bias") { FigureText.number($0.calibration.bias) }
    row("threshold as a probability") { FigureText.number(Double($0.reportedThreshold), decimals: 4) }
    row("clearance") { FigureText.number(Double($0.reportedClearance), decimals: 4) }

    var figures = TextTable("", "before", "after, same files", "after, files held out", "95 %")
    let columns = [report.atPresent, report.inSample, report.heldOut]
    for figure in [Figure.balancedAccuracy, .recall, .specificity, .precision, .f1] {
      figures.add(
        ["files: " + figure.title] + columns.map { FigureText.number($0.files[figure]) }
          + [FigureText.interval(report.heldOut.fileIntervals[figure])])
    }
    for (figure, name) in [(Figure.specificity, "reals called real"), (.recall, "fakes not called real")] {
      figures.add(
        ["files: " + name] + columns.map { FigureText.number($0.cleared[figure]) }
          + [FigureText.interval(report.heldOut.clearedIntervals[figure])])
    }
    figures.add(
      ["false alarms an hour"] + columns.map { FigureText.number($0.alarms?.perHour, decimals: 1) }
        + [FigureText.interval(report.heldOut.alarms?.interval, decimals: 1)])
    for figure in [Figure.accuracy, .brier, .expectedCalibrationError, .negativeLogLikelihood] {
      figures.add(
        ["frames: " + figure.title] + columns.map { FigureText.number($0.frames[figure]) }
          + [FigureText.interval(report.heldOut.frameIntervals[figure])])
    }
    let hours = FigureText.number(report.seconds / 3600, decimals: 2)
    return """
      \(scores.model) \(scores.version): \(report.tried) points tried on \(report.files) files (\(hours) h of real footage)

      \(points.text)
      \(figures.text)
      The highest balanced accuracy with at most \(hourly(report)) of real footage and \(share(report)) of the real
      files called fake; ties towards fewer. The highest clearance with at most \(missed(report)) of the fakes called real;
      what lies between it and the threshold is undecided. Held out: chosen \(report.folds) times anew, each time without the
      files that are then judged. Only this column may be expected of other footage.

      """ + cautions(report).map { "\nCaution: \($0)\n" }.joined()
  }

  private static func hourly(_ report: CalibrationReport) -> String {
    let rate = report.limits.perHour
    let number = FigureText.number(rate, decimals: rate == rate.rounded() ? 0 : 2)
    return "\(number) false \(rate == 1 ? "alarm" : "alarms") an hour"
  }

  private static func share(_ report: CalibrationReport) -> String { percent(report.limits.shareOfFiles) }

  private static func missed(_ report: CalibrationReport) -> String { percent(report.limits.missedShare) }

  private static func percent(_ share: Double) -> String {
    let percent = share * 100
    return "\(FigureText.number(percent, decimals: percent == percent.rounded() ? 0 : 2)) %"
  }

  private static func cautions(_ report: CalibrationReport) -> [String] {
    var cautions: [String] = []
    if !report.isWithinLimits {
      cautions.append(
        "No point keeps to \(hourly(report)) and \(share(report)) of the real files; the one with the fewest was chosen."
      )
    }
    if let found = report.inSample.cleared[.recall], 1 - found > report.limits.missedShare + 1e-9 {
      cautions.append("No clearance keeps to \(missed(report)) of the fakes; so many have no score at all.")
    }
    if let alarms = report.inSample.alarms, alarms.hours * report.limits.perHour < 3 {
      cautions.append(
        "With \(FigureText.number(alarms.hours, decimals: 2)) h of real footage, \(hourly(report)) cannot be told from "
          + "\(FigureText.number(3 / alarms.hours, decimals: 0)); "
          + "it takes \(FigureText.number(3 / max(report.limits.perHour, 1e-3), decimals: 0)) h without an alarm.")
    }
    if !report.choosesVotes {
      cautions.append(
        "The vote stays as it is: to choose its line, margin and dwell takes videos of at least two people who are "
          + "manipulated, and of two who are not.")
    }
    if !report.isFitted {
      cautions.append("The scores do not rise from reals to fakes: no probabilities can be made of them.")
    }
    if report.files < 20 {
      cautions.append("\(report.files) files are too few to choose by; take the intervals at their word.")
    }
    cautions.append("Figures to be reported need other footage than this, which has now been learned from.")
    return cautions
  }

  static func object(of report: CalibrationReport, _ scores: ScoreSet) -> JSONObject {
    var object = JSONObject()
    object.set("format", "unmask-calibration/1")
    var model = JSONObject()
    model.set("name", scores.model)
    model.set("version", scores.version)
    model.set("sha256", scores.sha256)
    object.set("model", model)
    object.set("alarms_per_hour", report.limits.perHour, decimals: 6)
    object.set("false_share", report.limits.shareOfFiles, decimals: 6)
    object.set("missed_share", report.limits.missedShare, decimals: 6)
    object.set("points_tried", report.tried)
    object.set("folds", report.folds)
    object.set("files", report.files)
    object.set("hours_of_real_footage", report.seconds / 3600, decimals: 6)
    object.set("before", JSONReport.point(report.before))
    object.set("after", JSONReport.point(report.after))
    for (name, performance) in [
      ("performance_before", report.atPresent), ("performance_same_files", report.inSample),
      ("performance_held_out", report.heldOut),
    ] {
      var member = JSONObject()
      member.set("video", JSONReport.figures(performance.files, performance.fileIntervals))
      member.set("called_real", .object(calledReal(performance)))
      member.set("frame", JSONReport.figures(performance.frames, performance.frameIntervals))
      member.set("false_alarms", performance.alarms.map { .object(JSONReport.alarms($0)) })
      object.set(name, member)
    }
    object.set("cautions", .array(cautions(report).map(JSONValue.string)))
    return object
  }

  /// The shares of the reals and of the fakes that are called real.
  private static func calledReal(_ performance: CalibrationReport.Performance) -> JSONObject {
    let (values, intervals) = (performance.cleared, performance.clearedIntervals)
    func share(_ value: Double?, _ interval: Interval?) -> JSONValue? {
      guard let value else { return nil }
      var member = JSONObject()
      member.set("value", value, decimals: 6)
      member.set("interval", JSONReport.interval(interval))
      return .object(member)
    }
    var object = JSONObject()
    object.set("reals", share(values[.specificity], intervals[.specificity]))
    object.set(
      "fakes",
      share(
        values[.recall].map { 1 - $0 }, intervals[.recall].map { Interval(low: 1 - $0.high, high: 1 - $0.low) }))
    return object
  }

  /// For the model's metadata.
  static func sentence(_ report: CalibrationReport) -> String {
    let figure = Figure.balancedAccuracy
    let interval = report.heldOut.fileIntervals[figure].map { " (95 %: \(FigureText.interval($0, decimals: 2)))" } ?? ""
    let hours = FigureText.number(report.seconds / 3600, decimals: 2)
    let alarms = report.seconds > 0 ? "\(hourly(report)) on \(hours) h of real footage, and " : ""
    return "balanced accuracy \(FigureText.number(report.heldOut.files[figure], decimals: 2))\(interval) on held-out "
      + "files of \(report.files); at most \(alarms)\(share(report)) of the real files called fake, \(missed(report)) of the "
      + "fakes called real; "
      + "temperature and bias for footage that is fake as often as real"
  }
}
