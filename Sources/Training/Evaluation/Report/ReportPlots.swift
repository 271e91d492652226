/// The curves of an evaluation, each as a drawing inside a page.
enum ReportPlots {
  /// Colours that stay apart for colour-blind eyes (Okabe, Ito 2008), on light and on dark paper.
  static let (fake, real, third, fourth, guide) = ("#D55E00", "#2A8BD0", "#009E73", "#C678B0", "#888888")
  private static let (width, height) = (420.0, 340.0)

  /// The share of fakes found over the share of reals called fake, for frames and files.
  static func roc(_ part: EvaluationReport.Part) -> String? {
    let series = ranked(part).map { level, curve in
      Chart.Series(level.name, colour: level.colour, points: rates(curve))
    }
    return series.isEmpty
      ? nil
      : square("ROC", "fakes called fake [share]", "reals called fake [share]", [chance] + series)
  }

  /// The same curve of the files, or of the frames where there are few, in each condition.
  static func rocByCondition(_ parts: [EvaluationReport.Part]) -> String? {
    let colours = [real, fake, third, fourth, guide]
    let series = parts.enumerated().compactMap { number, part in
      RankCurve(ranked: part.frames.sample.observations).map {
        Chart.Series(part.condition, colour: colours[number % colours.count], points: rates($0))
      }
    }
    return series.isEmpty
      ? nil : square("ROC of the frames", "fakes called fake [share]", "reals called fake [share]", [chance] + series)
  }

  /// The share of fakes among what is called fake over the share of fakes that is.
  static func precisionRecall(_ part: EvaluationReport.Part) -> String? {
    let series = ranked(part).flatMap { level, curve in
      let base = curve.fakes / (curve.fakes + curve.reals)
      let points = curve.points.dropFirst().map { point in
        Chart.Point(
          x: curve.truePositiveRate(point), y: point.truePositives / (point.truePositives + point.falsePositives))
      }
      // Up to its first point the curve keeps the precision of that point.
      let start = points.first.map { [Chart.Point(x: 0, y: $0.y)] } ?? []
      return [
        Chart.Series(level.name, colour: level.colour, points: thinned(start + points)),
        Chart.Series(
          "", colour: level.colour, points: [Chart.Point(x: 0, y: base), Chart.Point(x: 1, y: base)], line: .dashed),
      ]
    }
    return series.isEmpty
      ? nil : square("Precision and recall", "precision [share]", "recall [share]", series)
  }

  /// How the scores of reals and of fakes are spread, with the threshold they are compared with.
  static func histogram(_ level: EvaluationReport.Level, threshold: Double) -> String? {
    let groups = [("real", real, false), ("fake", fake, true)].compactMap { name, colour, isFake in
      let scores = level.sample.observations.filter { $0.isFake == isFake }.compactMap(\.score)
      return scores.isEmpty ? nil : (name: "\(name) (\(scores.count))", colour: colour, shares: shares(of: scores))
    }
    guard !groups.isEmpty else { return nil }
    let highest = groups.flatMap(\.shares).max() ?? 1
    let line = Chart.Series(
      "threshold", colour: guide, points: [Chart.Point(x: threshold, y: 0), Chart.Point(x: threshold, y: highest)],
      line: .dashed)
    let series = groups.map { group in
      Chart.Series(group.name, colour: group.colour, points: steps(group.shares), line: .filled)
    }
    return drawing(
      "Scores of \(level.title)",
      Chart(vertical: "share of each kind", horizontal: "score", series: series + [line], covers: 0...0, spans: 0...1))
  }

  /// What share is fake among things of about the same score; on the diagonal scores are probabilities.
  static func reliability(_ part: EvaluationReport.Part) -> String? {
    let series = ranked(part).map { level, _ in
      let points = Reliability(level.sample.observations).bins.compactMap { bin in
        bin.meanScore.flatMap { score in bin.shareOfFakes.map { Chart.Point(x: score, y: $0) } }
      }
      return Chart.Series(level.name, colour: level.colour, points: points, isDotted: true)
    }
    return series.isEmpty ? nil : square("Reliability", "fakes among them [share]", "mean score", [chance] + series)
  }

  private typealias Named = (name: String, colour: String, sample: Sample)

  /// The levels that hold fakes and reals, with their curves.
  private static func ranked(_ part: EvaluationReport.Part) -> [(Named, RankCurve)] {
    let levels: [Named] = [("frames", real, part.frames.sample), ("files", fake, part.files.sample)]
    return levels.compactMap { level in
      RankCurve(ranked: level.sample.observations).map { (level, $0) }
    }
  }

  private static func rates(_ curve: RankCurve) -> [Chart.Point] {
    thinned(curve.points.map { Chart.Point(x: curve.falsePositiveRate($0), y: curve.truePositiveRate($0)) })
  }

  private static let chance = Chart.Series(
    "", colour: guide, points: [Chart.Point(x: 0, y: 0), Chart.Point(x: 1, y: 1)], line: .dashed)

  /// At most 600 points, the first and the last among them: each step of a curve of few points stays.
  private static func thinned(_ points: [Chart.Point], to most: Int = 600) -> [Chart.Point] {
    guard points.count > most else { return points }
    return (0..<most).map { points[$0 * (points.count - 1) / (most - 1)] }
  }

  private static let bins = 20

  private static func shares(of scores: [Double]) -> [Double] {
    var counts = [Double](repeating: 0, count: bins)
    for score in scores { counts[min(bins - 1, max(0, Int(score * Double(bins))))] += 1 }
    return counts.map { $0 / Double(scores.count) }
  }

  /// The outline of the bars.
  private static func steps(_ shares: [Double]) -> [Chart.Point] {
    shares.enumerated().flatMap { bin, share in
      [bin, bin + 1].map { Chart.Point(x: Double($0) / Double(shares.count), y: share) }
    }
  }

  private static func square(
    _ title: String, _ vertical: String, _ horizontal: String, _ series: [Chart.Series]
  ) -> String {
    drawing(
      title, Chart(vertical: vertical, horizontal: horizontal, series: series, covers: 0...1, spans: 0...1))
  }

  private static func drawing(_ title: String, _ chart: Chart) -> String {
    "<figure><figcaption>\(SVG.text(title))</figcaption>"
      + SVG.inline(
        title: title, width: width, height: height, chart.group(top: 0, width: width, height: height))
      + "</figure>"
  }
}
