internal import Forensics

/// The report as one page, to be kept beside the figures, read on a phone or printed.
enum HTMLReport {
  static func page(of report: EvaluationReport) -> String {
    let part = report.original
    let title = "\(report.scores.model) \(report.scores.version): evaluation"
    var sections = [
      head(report, title: title), figures(part), curves(report), verdicts(report), thresholds(report),
    ]
    if report.parts.count > 1 { sections.append(conditions(report)) }
    sections.append(unbalanced(report))
    if !report.kinds.isEmpty { sections.append(kinds(report)) }
    if report.groups.count > 1 { sections.append(groups(report)) }
    sections.append(files(report))
    if !report.unreadable.isEmpty {
      sections.append(
        HTMLPage.section(
          "Could not be read, or not to the end", report.unreadable.map { HTMLPage.paragraph($0) }.joined()))
    }
    sections.append(repetition(report))
    return HTMLPage.document(title: title, sections)
  }

  // MARK: The parts of the page

  private static func head(_ report: EvaluationReport, title: String) -> String {
    let part = report.original
    let empty = part.emptyFrames
    func tile(_ level: EvaluationReport.Level, _ figure: Figure, _ words: String) -> String {
      "<div><span>\(words)</span><b>\(FigureText.number(level.figures[figure]))</b>"
        + "<span>95 %: \(FigureText.interval(level.intervals[figure]))</span></div>"
    }
    let alarms = part.alarms
    let bound = alarms.map { $0.alarms == 0 ? "below" : "" } ?? ""
    let rate = alarms?.alarms == 0 ? alarms?.interval?.high : alarms?.perHour
    let tiles =
      tile(part.files, .auroc, "file AUROC") + tile(part.frames, .auroc, "frame AUROC")
      + tile(part.files, .balancedAccuracy, "balanced accuracy, files")
      + "<div><span>false alarms an hour</span><b>\(bound) \(FigureText.number(rate, decimals: 1))</b>"
      + "<span>\(SVG.text(alarms.map { "\($0.alarms) in \(FigureText.number($0.hours, decimals: 2)) h of real footage" } ?? "no real footage"))</span></div>"
    return "<header>\n<h1>\(SVG.text(title))</h1>\n"
      + HTMLPage.paragraph(
        "\(part.files(fake: true)) fake and \(part.files(fake: false)) real files, \(empty.all) frames "
          + "(\(report.scores.sampling)), \(empty.empty) of them without a usable face.", kind: "lead")
      + "\n<div class=\"tiles\">\(tiles)</div>\n"
      + report.cautions.map { HTMLPage.paragraph($0, kind: "caution") }.joined(separator: "\n") + "\n</header>"
  }

  private static func figures(_ part: EvaluationReport.Part) -> String {
    let levels = [part.frames, part.files, part.means]
    var rows: [[HTMLPage.Cell]] = [
      ["judged"] + levels.map { HTMLPage.Cell("\($0.sample.observations.count)") }
    ]
    for figure in Figure.allCases {
      rows.append([HTMLPage.Cell(figure.title)] + levels.map { cell($0.figures[figure], $0.intervals[figure]) })
    }
    if let dice = part.dice {
      rows.append([HTMLPage.Cell("Dice", note: "\(dice.frames) frames"), cell(dice.mean, dice.interval), "", ""])
    }
    return HTMLPage.section(
      "Figures",
      HTMLPage.paragraph(
        "Fake is the positive class. Below each figure its 95 % interval, by bootstrap over whole files or groups.",
        kind: "aside"), HTMLPage.table([""] + levels.map(\.title), rows))
  }

  private static func curves(_ report: EvaluationReport) -> String {
    let part = report.original
    let threshold = Double(report.scores.point.reportedThreshold)
    return HTMLPage.section(
      "Curves",
      HTMLPage.gallery([
        ReportPlots.roc(part), ReportPlots.precisionRecall(part),
        ReportPlots.histogram(part.frames, threshold: threshold),
        ReportPlots.histogram(part.files, threshold: threshold), ReportPlots.reliability(part),
      ]),
      HTMLPage.paragraph(
        "Dashed: a coin, the share of fakes among all, the threshold, and scores that are probabilities.", kind: "aside"
      ))
  }

  private static func verdicts(_ report: EvaluationReport) -> String {
    let part = report.original
    let rows = [true, false].map { isFake in
      [HTMLPage.Cell(isFake ? "of fakes" : "of reals")]
        + Label.allCases.map { HTMLPage.Cell("\(part.labels[isFake]?[$0] ?? 0)") }
    }
    return HTMLPage.section(
      "Verdicts and false alarms",
      HTMLPage.table(["files"] + Label.allCases.map { $0.rawValue.replacing("_", with: " ") }, rows),
      HTMLPage.paragraph(
        "Inconclusive and no face count as not called fake; without a face a file has no rank.", kind: "aside"),
      HTMLPage.paragraph("False alarms on real footage: \(FigureText.rate(part.alarms))."))
  }

  private static func thresholds(_ report: EvaluationReport) -> String {
    let rows = report.choices.map { choice in
      let (decisions, alarms) = (choice.decisions, choice.alarms)
      return [
        HTMLPage.Cell(FigureText.number(Double(choice.threshold)), note: choice.isUsed ? "used" : nil),
        HTMLPage.Cell(FigureText.share(decisions.truePositives, of: decisions.fakes)),
        cell(decisions.recall, choice.intervals[.recall]),
        HTMLPage.Cell(FigureText.share(decisions.falsePositives, of: decisions.reals)),
        cell(decisions.specificity, choice.intervals[.specificity]), HTMLPage.Cell("\(choice.cleared.fakes)"),
        HTMLPage.Cell("\(choice.cleared.reals)"),
        HTMLPage.Cell(
          FigureText.number(alarms?.perHour, decimals: 1), note: FigureText.interval(alarms?.interval, decimals: 1)),
      ]
    }
    return HTMLPage.section(
      "Other thresholds",
      HTMLPage.paragraph(
        "Files by verdict, all else as it is. Whoever chooses a threshold here needs other footage to report figures on.",
        kind: "aside"),
      HTMLPage.table(
        [
          "threshold", "fakes called fake", "recall", "reals called fake", "specificity", "fakes called real",
          "reals called real", "alarms an hour",
        ], rows))
  }

  private static func conditions(_ report: EvaluationReport) -> String {
    let rows = report.parts.map { part in
      let alarms = part.alarms
      return [
        HTMLPage.Cell(part.condition), cell(part.frames, .auroc), cell(part.frames, .averagePrecision),
        cell(part.frames, .equalErrorRate), cell(part.files, .auroc), cell(part.files, .balancedAccuracy),
        cell(part.files, .recall), cell(part.files, .specificity),
        HTMLPage.Cell(
          FigureText.number(alarms?.perHour, decimals: 1), note: FigureText.interval(alarms?.interval, decimals: 1)),
      ]
    }
    return HTMLPage.section(
      "After re-encoding",
      HTMLPage.table(
        [
          "condition", "frame AUROC", "frame AP", "frame EER", "file AUROC", "balanced accuracy", "recall",
          "specificity", "alarms an hour",
        ], rows), HTMLPage.gallery([ReportPlots.rocByCondition(report.parts)]))
  }

  private static func unbalanced(_ report: EvaluationReport) -> String {
    let shown: [Figure] = [.precision, .recall, .f1, .macroF1, .averagePrecision]
    let rows = [("files", report.unbalancedFiles), ("frames", report.unbalancedFrames)].flatMap { kind, mixes in
      mixes.map { mix in
        [HTMLPage.Cell("\(FigureText.percent(mix.share)) of \(kind)"), HTMLPage.Cell("\(mix.fakes) + \(mix.reals)")]
          + shown.map { cell(mix.means[$0], mix.intervals[$0]) }
          + [HTMLPage.Cell(FigureText.number(mix.expectedPrecision))]
      }
    }
    return HTMLPage.section(
      "Rare fakes",
      HTMLPage.paragraph(
        "All reals stay, fakes are drawn until they are 50, 25, 5 and 1 % of all; the mean over the draws, and the "
          + "middle 95 % of them. At the right the precision that recall and specificity of the whole set promise.",
        kind: "aside"),
      HTMLPage.table(["fakes", "judged"] + shown.map(\.title) + ["precision expected"], rows))
  }

  private static func kinds(_ report: EvaluationReport) -> String {
    let rows = report.kinds.map { kind in
      [
        HTMLPage.Cell(kind.name, kind: "name"), HTMLPage.Cell("\(kind.fakes)"),
        HTMLPage.Cell(FigureText.number(kind.recall)), cell(kind.auroc, kind.interval),
      ]
    }
    return HTMLPage.section(
      "Kinds of fakes",
      HTMLPage.table(["kind of fake", "files", "recall", "AUROC against all reals"], rows))
  }

  private static func groups(_ report: EvaluationReport) -> String {
    let rows = report.groups.map { group in
      [
        HTMLPage.Cell(group.name, kind: "name"), HTMLPage.Cell("\(group.fakes)"), HTMLPage.Cell("\(group.reals)"),
        HTMLPage.Cell(FigureText.number(group.recall)), HTMLPage.Cell(FigureText.number(group.specificity)),
        cell(group.auroc, group.interval),
      ]
    }
    return HTMLPage.section(
      "Groups", HTMLPage.table(["group", "fakes", "reals", "recall", "specificity", "AUROC"], rows))
  }

  private static func files(_ report: EvaluationReport) -> String {
    let others = report.parts.dropFirst().map { part in
      Dictionary(part.videos.map { ($0.source.item.path, $0) }) { first, _ in first }
    }
    let sorted = report.original.videos.sorted {
      ($0.score ?? -1, $1.source.item.name) > ($1.score ?? -1, $0.source.item.name)
    }
    let rows = sorted.map { video in
      let item = video.source.item
      let isWrong = video.isCalledFake != item.isFake
      return [
        HTMLPage.Cell(item.name, kind: "name"),
        HTMLPage.Cell(item.isFake ? "fake" : "real", kind: item.isFake ? "fake" : nil),
        HTMLPage.Cell(video.label.rawValue.replacing("_", with: " "), kind: isWrong ? "wrong" : nil),
        HTMLPage.Cell(FigureText.number(video.score.map(Double.init))),
      ]
        + others.map { judged in
          HTMLPage.Cell(FigureText.number(judged[item.path]?.score.map(Double.init)))
        } + [
          HTMLPage.Cell(FigureText.number(video.meanFrameScore)), HTMLPage.Cell("\(video.frameScores.count)"),
          HTMLPage.Cell("\(video.emptyFrames)"), HTMLPage.Cell("\(video.alarms)"),
          HTMLPage.Cell(FigureText.number(video.source.seconds, decimals: 1)),
        ]
    }
    let head =
      ["file", "truth", "verdict", "score"] + report.parts.dropFirst().map { "score, \($0.condition)" }
      + ["mean frame score", "frames judged", "without a face", "alarms", "seconds"]
    return HTMLPage.section(
      "Files", HTMLPage.paragraph("Highest score first; verdicts that miss the truth are bold.", kind: "aside"),
      HTMLPage.table(head, rows))
  }

  private static func repetition(_ report: EvaluationReport) -> String {
    HTMLPage.section("To repeat it", HTMLPage.list(RepetitionText.entries(report)))
  }

  // MARK: Cells

  private static func cell(_ value: Double?, _ interval: Interval?) -> HTMLPage.Cell {
    HTMLPage.Cell(FigureText.number(value), note: interval.map { FigureText.interval($0) })
  }

  private static func cell(_ level: EvaluationReport.Level, _ figure: Figure) -> HTMLPage.Cell {
    cell(level.figures[figure], level.intervals[figure])
  }
}
