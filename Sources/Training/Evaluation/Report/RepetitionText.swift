internal import Forensics

/// All that another needs to come to the same figures.
enum RepetitionText {
  static func entries(_ report: EvaluationReport) -> [(name: String, value: String)] {
    let scores = report.scores
    let point = scores.point
    var entries = [
      ("model", "\(scores.model) \(scores.version)"), ("SHA-256", scores.sha256),
      ("frame threshold", FigureText.number(Double(point.threshold), decimals: 6)),
      ("smallest component", "more than \(point.minimumComponent) points"),
      ("vote", "line \(FigureText.number(point.votes.line)), margin \(FigureText.number(point.votes.margin))"),
      (
        "window",
        "\(FigureText.number(point.votes.window, decimals: 1)) s, at least \(point.votes.minimumBallots) ballots, "
          + "dwell \(FigureText.number(point.votes.dwell, decimals: 1)) s"
      ),
      (
        "clearance", FigureText.number(Double(point.reportedClearance), decimals: 6)
      ),
      (
        "calibration",
        report.isCalibrated
          ? "temperature \(FigureText.number(point.calibration.temperature, decimals: 6)), "
            + "bias \(FigureText.number(point.calibration.bias, decimals: 6))" : "none"
      ), ("sampling", scores.sampling),
    ]
    if let circumstances = scores.circumstances {
      entries += [
        ("program", circumstances.program), ("set", circumstances.set), ("smallest face", circumstances.smallestFace),
      ]
      entries += circumstances.faceModels.map { ("face model", $0) }
    }
    entries.append(
      (
        "intervals",
        "percentile bootstrap over \(scores.hasListedGroups ? "groups" : "files"), \(report.rounds) resamples, "
          + "seed \(report.seed)"
      ))
    return entries
  }
}
