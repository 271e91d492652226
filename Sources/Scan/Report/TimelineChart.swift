internal import Forensics
internal import Records

/// A person's timeline, drawn: score over time with the threshold, the clearance and the verdicts behind it, below it the
/// share of votes in the window, below that each ballot, and the time.
///
/// What must stretch with the page lies in inner drawings without a fixed ratio; texts are placed by percentage.
struct TimelineChart {
  let person: ReportPerson
  let timeline: ReportTimeline
  let threshold: Float
  let votes: VoteRule

  private static let width = 1000.0

  private var start: Double { timeline.start }
  private var span: Double { max(timeline.end - timeline.start, 0.001) }

  /// - Parameter pictures: the moments of the key pictures, and the elements that show them.
  func markup(pictures: [(time: Double, id: String)]) -> Markup {
    """
    <svg class="chart" aria-hidden="true" focusable="false">
    <svg class="plot" y="14" width="100%" height="150" viewBox="0 0 1000 150" preserveAspectRatio="none">
    <rect class="ground" width="1000" height="150"/>
    \(bands)<path class="grid" d="M0 37.5h1000M0 75h1000M0 112.5h1000"/>
    \(clearanceLine)<path class="threshold" d="M0 \(y(threshold))h1000"/>
    <path class="score" d="\(scoreLine)"/>
    <path class="dots real" d="\(dots { $0.tally.fake == 0 })"/>
    <path class="dots fake" d="\(dots { $0.tally.fake > 0 })"/>
    <path class="cursor" d="M0 0v150"/>
    </svg>
    \(marks(pictures))<text class="label" x="6" y="29">score 1</text>
    <text class="label" x="6" y="159">0</text>
    \(lineLabel("threshold", threshold))\(clearanceLabel)
    <svg class="plot" y="176" width="100%" height="44" viewBox="0 0 1000 44" preserveAspectRatio="none">
    <rect class="ground" width="1000" height="44"/>
    <path class="share" d="\(shareArea)"/>
    <path class="line" d="M0 \(number(44 * (1 - votes.line)))h1000"/>
    <path class="cursor" d="M0 0v44"/>
    </svg>
    <text class="label" x="6" y="190">votes for manipulated</text>
    <text class="label end" x="100%" y="\(number(176 + 44 * (1 - votes.line) - 4))" dx="-6">\
    line \(ReportWords.percent(votes.line))</text>
    <svg class="plot" y="226" width="100%" height="12" viewBox="0 0 1000 12" preserveAspectRatio="none">
    <rect class="ground" width="1000" height="12"/>
    <path class="tick none" d="\(ticks { $0.tally.decided == 0 })"/>
    <path class="tick real" d="\(ticks { $0.tally.decided > 0 && $0.tally.fake == 0 })"/>
    <path class="tick fake" d="\(ticks { $0.tally.fake > 0 })"/>
    </svg>
    \(axis)</svg>
    """
  }

  // MARK: Verdicts

  private var bands: Markup {
    var bands: Markup = ""
    for stretch in person.stretches where stretch.end >= stretch.start {
      let key = ReportWords.key(Standing(stretch.assessment.label))
      let left = x(stretch.start)
      let width = max(x(stretch.end) - left, 2)
      bands += """
        <rect class="band \(key)" x="\(number(left))" width="\(number(width))" height="150"/>\
        <rect class="cap \(key)" x="\(number(left))" width="\(number(width))" height="5"/>

        """
    }
    return bands
  }

  private func marks(_ pictures: [(time: Double, id: String)]) -> Markup {
    var marks: Markup = ""
    for picture in pictures {
      marks += """
        <svg class="mark" x="\(number(x(picture.time) / 10))%" y="1"><path d="M-5 0h10l-5 9z"/></svg>

        """
    }
    return marks
  }

  // MARK: Scores

  private var scoreLine: String {
    var path = ""
    var isDown = false
    for point in timeline.points {
      guard let score = point.score else {
        isDown = false
        continue
      }
      path += (isDown ? "L" : "M") + place(point, y(score))
      isDown = true
    }
    return path
  }

  /// Strokes of no length, which round ends make into dots that stay round however the drawing is stretched.
  private func dots(_ isWanted: (ReportTimeline.Point) -> Bool) -> String {
    timeline.points.compactMap { point in
      guard let score = point.score, isWanted(point) else { return nil }
      return "M" + place(point, y(score)) + "h0"
    }.joined()
  }

  private func place(_ point: ReportTimeline.Point, _ y: String) -> String { number(x(point)) + " " + y }

  /// Where nobody above it is called real, though below the threshold.
  private var clearance: Float? { votes.clearance < threshold ? votes.clearance : nil }

  private var clearanceLine: Markup? {
    clearance.map { "<path class=\"clearance\" d=\"M0 \(y($0))h1000\"/>\n" }
  }

  /// Not where it would lie over the threshold's.
  private var clearanceLabel: Markup? {
    clearance.flatMap { threshold - $0 > 0.12 ? lineLabel("clearance", $0) : nil }
  }

  private func lineLabel(_ name: String, _ score: Float) -> Markup {
    let height = 150 * (1 - Double(score))
    let y = number(14 + (height < 18 ? height + 13 : height - 5))
    let text = "\(name) \(ReportWords.short(Double(score), 3))"
    return #"<text class="label end" x="100%" y="\#(y)" dx="-6">\#(text)</text>"#
  }

  // MARK: Votes

  private var shareArea: String {
    let known = timeline.points.filter { $0.share != nil }
    guard let first = known.first, let last = known.last else { return "" }
    let line = known.map { number(x($0)) + " " + number(44 * (1 - ($0.share ?? 0))) }.joined(separator: "L")
    return "M" + number(x(first)) + " 44L" + line + "L" + number(x(last)) + " 44z"
  }

  private func ticks(_ isWanted: (ReportTimeline.Point) -> Bool) -> String {
    timeline.points.filter(isWanted).map { "M" + number(x($0)) + " 0v12" }.joined()
  }

  // MARK: Time

  private var axis: Markup {
    var axis: Markup = ""
    for moment in Self.moments(from: start, to: timeline.end) {
      let share = (moment - start) / span
      let anchor = share < 0.06 ? "" : share > 0.94 ? " end" : " middle"
      axis += """
        <text class="label\(anchor)" x="\(number(100 * share))%" y="254">\
        \(Figures.time(moment, tenths: moment.rounded() != moment))</text>

        """
    }
    return axis
  }

  /// Round moments to write below a timeline, five or so.
  static func moments(from start: Double, to end: Double) -> [Double] {
    guard end > start, end - start < 1e9 else { return [start] }
    let steps = [
      0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400,
    ]
    let wanted = (end - start) / 5
    let step = steps.first { $0 >= wanted } ?? (wanted / 86_400).rounded(.up) * 86_400
    var moments: [Double] = []
    var index = (start / step).rounded(.up)
    while index * step <= end, moments.count < 12 {
      moments.append(index * step)
      index += 1
    }
    return moments.isEmpty ? [start] : moments
  }

  private func x(_ point: ReportTimeline.Point) -> Double { x((point.start + point.end) / 2) }

  private func x(_ time: Double) -> Double { min(max((time - start) / span, 0), 1) * Self.width }

  private func y(_ score: Float) -> String { number(150 * (1 - Double(min(max(score, 0), 1)))) }

  private func number(_ value: Double) -> String { ReportWords.short(value, 1) }
}
