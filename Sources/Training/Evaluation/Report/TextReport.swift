internal import Forensics

/// The report for a terminal.
enum TextReport {
  static func text(of report: EvaluationReport) -> String {
    var text = head(report)
    text += figures(report.original)
    text += verdicts(report)
    text += thresholds(report)
    text += unbalanced(report)
    if !report.kinds.isEmpty { text += kinds(report) }
    if report.groups.count > 1 { text += groups(report) }
    if report.parts.count > 1 { text += conditions(report) }
    if !report.unreadable.isEmpty {
      text += "\nCould not be read, or not to the end:\n" + report.unreadable.map { "  \($0)\n" }.joined()
    }
    for caution in report.cautions { text += "\nCaution: \(caution)\n" }
    return text
  }

  private static func head(_ report: EvaluationReport) -> String {
    let part = report.original
    let empty = part.emptyFrames
    return """
      \(report.scores.model) \(report.scores.version) on \(part.files(fake: true)) fake and \(part.files(fake: false)) real files, \
      \(empty.all) frames (\(report.scores.sampling)); \(empty.empty) frames without a usable face
      \(PointText.sentence(report.scores.point))


      """
  }

  private static func figures(_ part: EvaluationReport.Part) -> String {
    let levels = [part.frames, part.files, part.means]
    var table = TextTable("")
    table.add([""] + levels.flatMap { [$0.title, "95 %"] })
    table.add(["judged"] + levels.flatMap { ["\($0.sample.observations.count)", ""] })
    for figure in Figure.allCases {
      table.add(
        [figure.title]
          + levels.flatMap { [FigureText.number($0.figures[figure]), FigureText.interval($0.intervals[figure])] })
    }
    if let dice = part.dice {
      table.add("Dice (\(dice.frames) frames)", FigureText.number(dice.mean), FigureText.interval(dice.interval))
    }
    return table.text.split(separator: "\n", omittingEmptySubsequences: true).joined(separator: "\n") + "\n\n"
  }

  private static func verdicts(_ report: EvaluationReport) -> String {
    let part = report.original
    var table = TextTable("verdict", "fake", "real", "inconclusive", "no face")
    for isFake in [true, false] {
      let counts = part.labels[isFake] ?? [:]
      table.add(
        [isFake ? "of fakes" : "of reals"]
          + [Label.fake, .real, .inconclusive, .noFace].map { String(counts[$0] ?? 0) })
    }
    return table.text + "Inconclusive and no_face count as not called fake; without a face a file has no rank.\n"
      + "False alarms on real footage: \(FigureText.rate(part.alarms))\n"
  }

  private static func thresholds(_ report: EvaluationReport) -> String {
    var table = TextTable(
      "threshold", "fakes called fake", "recall", "95 %", "reals called fake", "specificity", "95 %", "called real",
      "alarms/h", "95 %")
    for choice in report.choices {
      let (decisions, alarms) = (choice.decisions, choice.alarms)
      table.add(
        FigureText.number(Double(choice.threshold)) + (choice.isUsed ? " *" : ""),
        FigureText.share(decisions.truePositives, of: decisions.fakes), FigureText.number(decisions.recall),
        FigureText.interval(choice.intervals[.recall]),
        FigureText.share(decisions.falsePositives, of: decisions.reals), FigureText.number(decisions.specificity),
        FigureText.interval(choice.intervals[.specificity]),
        "\(choice.cleared.fakes) fakes, \(choice.cleared.reals) reals",
        FigureText.number(alarms?.perHour, decimals: 1), FigureText.interval(alarms?.interval, decimals: 1))
    }
    return "\nOther thresholds, all else as above (*: the one used); choose by other footage than you report on\n"
      + table.text
  }

  private static func unbalanced(_ report: EvaluationReport) -> String {
    var text = "\nFakes thinned out, all reals kept (mean of the draws)\n"
    var table = TextTable("fakes", "of", "judged", "precision", "recall", "F1", "F1 macro", "AP", "precision expected")
    for (kind, mixes) in [("files", report.unbalancedFiles), ("frames", report.unbalancedFrames)] {
      for mix in mixes {
        let values = [Figure.precision, .recall, .f1, .macroF1, .averagePrecision].map {
          FigureText.number(mix.means[$0])
        }
        table.add(
          [FigureText.percent(mix.share), kind, "\(mix.fakes) + \(mix.reals)"] + values
            + [FigureText.number(mix.expectedPrecision)])
      }
    }
    text += table.text
    return text
  }

  private static func kinds(_ report: EvaluationReport) -> String {
    var table = TextTable("kind of fake", "files", "recall", "AUROC against all reals", "95 %")
    for kind in report.kinds {
      table.add(
        kind.name, "\(kind.fakes)", FigureText.number(kind.recall), FigureText.number(kind.auroc),
        FigureText.interval(kind.interval))
    }
    return "\n" + table.text
  }

  private static func groups(_ report: EvaluationReport) -> String {
    var table = TextTable("group", "fakes", "reals", "recall", "specificity", "AUROC", "95 %")
    for group in report.groups {
      table.add(
        group.name, "\(group.fakes)", "\(group.reals)", FigureText.number(group.recall),
        FigureText.number(group.specificity), FigureText.number(group.auroc), FigureText.interval(group.interval))
    }
    return "\n" + table.text
  }

  private static func conditions(_ report: EvaluationReport) -> String {
    var table = TextTable(
      "condition", "frame AUROC", "95 %", "file AUROC", "95 %", "balanced acc.", "recall", "specificity", "alarms/h")
    for part in report.parts {
      table.add(
        part.condition, FigureText.number(part.frames.figures[.auroc]),
        FigureText.interval(part.frames.intervals[.auroc]),
        FigureText.number(part.files.figures[.auroc]), FigureText.interval(part.files.intervals[.auroc]),
        FigureText.number(part.files.figures[.balancedAccuracy]), FigureText.number(part.files.figures[.recall]),
        FigureText.number(part.files.figures[.specificity]), FigureText.number(part.alarms?.perHour, decimals: 1))
    }
    return "\n" + table.text
  }
}

/// An operating point in a sentence.
enum PointText {
  static func sentence(_ point: OperatingPoint) -> String {
    var text =
      "threshold \(FigureText.number(Double(point.threshold))), components of more than \(point.minimumComponent) points; "
      + "fake above \(FigureText.percent(point.votes.line + point.votes.margin)) of the ballots, "
      + "real below \(FigureText.percent(point.votes.line - point.votes.margin)), window \(Int(point.votes.window)) s"
    if point.reportedClearance < point.reportedThreshold {
      text += ", and with a score of at most \(FigureText.number(Double(point.reportedClearance)))"
    }
    if point.calibration != .none {
      text +=
        "; temperature \(FigureText.number(point.calibration.temperature)), "
        + "bias \(FigureText.number(point.calibration.bias))"
    }
    return text
  }
}
