/// `curves.svg`: how a run has gone so far, over the pictures it has seen.
public enum TrainingCurves {
  /// - Parameters:
  ///   - title: one line above the curves.
  ///   - history: the figures of the run from its beginning.
  public static func svg(title: String, _ history: RunHistory) -> String {
    let (steps, validations) = (history.steps, history.validations)
    func curve(_ value: (StepFigures) -> Float?) -> [Chart.Point] {
      thinned(steps.compactMap { step in value(step).map { Chart.Point(x: Double(step.images), y: Double($0)) } })
    }
    func measured(_ value: (ValidationFigures) -> Float) -> [Chart.Point] {
      validations.map { Chart.Point(x: Double($0.images), y: Double(value($0))) }
    }
    var losses = [
      Chart.Series("training", colour: blue, points: curve(\.loss)),
      Chart.Series("held-out people", colour: orange, points: measured(\.loss), isDotted: true),
      Chart.Series("cross-entropy of the mask", colour: grey, points: curve(\.crossEntropy)),
    ]
    if steps.contains(where: { $0.head != nil }) {
      losses.append(Chart.Series("cross-entropy of the head", colour: green, points: curve(\.head)))
    }
    let charts = [
      Chart(vertical: "loss [nats]", horizontal: "pictures seen", series: losses),
      Chart(
        vertical: "held-out share [0 to 1]", horizontal: "pictures seen",
        series: [
          Chart.Series("AUROC, fake against real", colour: blue, points: measured(\.auroc), isDotted: true),
          Chart.Series("Dice of the masks", colour: orange, points: measured(\.dice), isDotted: true),
          Chart.Series("balanced accuracy", colour: green, points: measured(\.balancedAccuracy), isDotted: true),
        ], covers: 0...1),
      Chart(
        vertical: "learning rate [per step]", horizontal: "pictures seen",
        series: [Chart.Series("learning rate", colour: grey, points: curve(\.learningRate))], covers: 0...0),
    ]
    let heights = [320.0, 280, 180]
    var top = 34.0
    var content = ["<text class=\"title\" x=\"16\" y=\"22\">\(SVG.text(title))</text>"]
    for (chart, height) in zip(charts, heights) {
      content.append(chart.group(top: top, width: width, height: height))
      top += height
    }
    return SVG.document(title: title, width: width, height: top, content)
  }

  private static let width = 900.0
  /// Colours that stay apart for colour-blind eyes: Okabe, Ito 2008.
  private static let (blue, orange, green, grey) = ("#0072B2", "#D55E00", "#009E73", "#888888")

  /// At most 300 points, each the mean of as many neighbours: what an eye can follow, at any length of run.
  static func thinned(_ points: [Chart.Point], to most: Int = 300) -> [Chart.Point] {
    guard points.count > most else { return points }
    return (0..<most).map { place in
      let group = points[place * points.count / most..<(place + 1) * points.count / most]
      let count = Double(group.count)
      return Chart.Point(x: group.reduce(0) { $0 + $1.x } / count, y: group.reduce(0) { $0 + $1.y } / count)
    }
  }
}
