internal import Forensics
internal import Records

/// One person's part of a file's page.
struct PersonSection {
  let person: ReportPerson
  let analysis: ReportAnalysis
  let isStill: Bool

  private var id: String { "p\(person.track)" }
  private var standing: Standing? { person.leading.map { Standing($0.assessment.label) } }

  var markup: Markup {
    let timeline = ReportTimeline(
      person.ballots, threshold: analysis.rule.threshold, votes: isStill ? analysis.votes.still : analysis.votes)
    let figures = person.pictures.enumerated().compactMap {
      index, picture -> (time: Double, id: String, markup: Markup)? in
      let key = "\(id)k\(index + 1)"
      let figure = PictureFigure(
        picture: picture, person: person.track, id: key, analysis: analysis, isStill: isStill)
      return figure.markup.map { (picture.time, key, $0) }
    }
    return """
      <section class="person" id="\(id)" aria-labelledby="\(id)h">
      <h2 id="\(id)h">Person \(person.track) \(standing.map { ReportTag.markup($0) })</h2>
      \(stretches)\(chart(timeline, figures.map { ($0.time, $0.id) }))\(gallery(figures.map(\.markup)))\(table(timeline))\
      </section>

      """
  }

  private var stretches: Markup {
    let items = person.stretches.map { stretch -> Markup in
      let time = isStill ? "" : "\(Figures.time(stretch.start)) to \(Figures.time(stretch.end)), "
      let ballots = stretch.tally
      return """
        <li><span class="word \(ReportWords.key(Standing(stretch.assessment.label)))">\
        \(ReportWords.word(Standing(stretch.assessment.label)))</span> \(time)\(ballots.fake) of \
        \(ReportWords.count(ballots.decided, "ballot")) for manipulated, \(reason(stretch))\(ballots.abstained) \
        abstained (coverage \(ReportWords.percent(ballots.coverage)))\
        \(stretch.score.map { ", score \(ReportWords.score($0))" as Markup })</li>

        """
    }
    return "<ul class=\"stretches\">\n\(items)</ul>\n"
  }

  private func reason(_ stretch: ReportStretch) -> String {
    stretch.assessment.label == .inconclusive ? ReportWords.reason(stretch.assessment) + ", " : ""
  }

  private func chart(_ timeline: ReportTimeline, _ pictures: [(time: Double, id: String)]) -> Markup? {
    guard !isStill, timeline.points.count > 1 else { return nil }
    let chart = TimelineChart(
      person: person, timeline: timeline, threshold: analysis.rule.threshold, votes: analysis.votes)
    return """
      <div class="timeline" data-start="\(ReportWords.short(timeline.start, 3))" data-end="\(ReportWords.short(timeline.end, 3))">
      <div class="drawing">\(chart.markup(pictures: pictures))</div>
      <input class="scrub" type="range" min="0" max="\(timeline.points.count - 1)" value="0" hidden \
      aria-label="Moment in the timeline of person \(person.track)">
      <p class="readout" aria-hidden="true">\(ReportWords.count(person.ballots.count, "ballot")), \
      \(Figures.time(timeline.start)) to \(Figures.time(timeline.end))</p>
      </div>

      """
  }

  private func gallery(_ figures: [Markup]) -> Markup? {
    guard !figures.isEmpty else { return nil }
    return """
      <h3>Key pictures</h3>
      <p class="note">What the detector saw, with its mask: the deeper the tint, the surer; outlined is what exceeds the \
      threshold in patches large enough to count.</p>
      <div class="keys">
      \(figures)</div>

      """
  }

  /// The same for those who read or listen: a row for each point of the drawing.
  private func table(_ timeline: ReportTimeline) -> Markup? {
    guard !timeline.points.isEmpty else { return nil }
    let isStepped = timeline.ballotsPerPoint > 1
    let rows = timeline.points.map { point -> Markup in
      let time = Figures.time(point.start) + (point.end > point.start ? " to " + Figures.time(point.end) : "")
      let share = point.share.map { ReportWords.percent($0) } ?? "–"
      return """
        <tr data-t="\(ReportWords.short((point.start + point.end) / 2, 3))"><th scope="row">\(time)</th>\
        <td>\(ReportWords.score(point.score))</td><td>\(word(point.tally))</td><td>\(share)</td></tr>

        """
    }
    let steps =
      isStepped
      ? "<p class=\"note\">Each row stands for up to \(timeline.ballotsPerPoint) ballots and shows their highest score.</p>\n"
        as Markup
      : ""
    return """
      <details><summary>All values of person \(person.track) as a table</summary>
      \(steps)<div class="wide" tabindex="0" role="region" aria-label="Values of person \(person.track)"><table class="values">
      <thead><tr><th scope="col">Time</th><th scope="col">Score</th><th scope="col">Ballot</th>\
      <th scope="col">Votes for manipulated</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div></details>

      """
  }

  private func word(_ tally: Tally) -> String {
    if tally.decided + tally.abstained == 1 {
      return tally.fake == 1 ? "manipulated" : tally.real == 1 ? "nothing found" : "abstained"
    }
    return "\(tally.fake) manipulated, \(tally.real) nothing found, \(tally.abstained) abstained"
  }
}
