internal import Forensics
internal import Foundation
internal import Media
internal import Records

/// The page of one file: the verdict and what it means, everybody who was seen, and all that repeating it takes.
struct FilePage {
  let file: ReportFile

  /// People beyond these are listed without a timeline of their own.
  static let mostTimelines = 40
  /// Lanes of the overview.
  static let mostLanes = 40

  private var item: ReportItem { file.item }
  private var analysis: ReportAnalysis { file.analysis }
  private var name: String { item.path.split(separator: "/").last.map(String.init) ?? item.path }

  /// Findings first, then in order of appearance.
  private var ranked: [ReportPerson] {
    file.people.sorted { left, right in
      let (a, b) = (left.leading?.assessment.weight ?? 0, right.leading?.assessment.weight ?? 0)
      return a != b ? a > b : left.track < right.track
    }
  }

  var document: ReportDocument {
    ReportDocument(
      title: "\(name) – \(ReportWords.word(item.standing)) – Unmask", fingerprint: item.fingerprint, script: .file,
      body: body)
  }

  private var body: Markup {
    let detailed = Array(ranked.prefix(Self.mostTimelines))
    return """
      <a class="skip" href="#main">Skip to the content</a>
      <header class="top"><nav aria-label="Report"><a href="../index.html">All files</a></nav><span class="brand">unmask</span>\
      </header>
      <main id="main">
      <h1>\(name)</h1>
      <p class="path">\(item.path)</p>
      \(verdict)\(failure)\(overview)\(detailed.map { section($0) })\(others(ranked.dropFirst(Self.mostTimelines)))\
      \(numbers)\(method)\(repetition)</main>
      <footer><p>Made by Unmask \(analysis.version). This page needs nothing but itself and can be passed on alone.</p></footer>
      """
  }

  // MARK: The verdict

  private var verdict: Markup {
    let key = ReportWords.key(item.standing)
    return """
      <section class="verdict \(key)" aria-label="Verdict">
      <p class="word">\(ReportTag.markup(item.standing))\(scoreInWords)</p>
      <p class="lead">\(lead)</p>
      <p>\(ReportWords.meaning(item.standing, isStill: file.isStill)) \(scoreNote)</p>
      </section>

      """
  }

  private var scoreInWords: Markup {
    guard let score = item.score else { return "" }
    let threshold = ReportWords.short(Double(analysis.rule.threshold), 3)
    return #"<span class="score">score <b>\#(ReportWords.score(score))</b> against a threshold of \#(threshold)</span>"#
  }

  /// Nothing where the threshold alone divides.
  private var clearance: Markup? {
    let clearance = analysis.votes.clearance
    guard clearance < analysis.rule.threshold else { return nil }
    return ", or with a score above \(ReportWords.short(Double(clearance), 4)), which not only reals have"
  }

  private var scoreNote: String {
    item.score == nil ? "" : ReportWords.meaningOfScores(isCalibrated: analysis.isCalibrated)
  }

  private var lead: String {
    let seen = ReportWords.count(file.people.count, "person").replacingOccurrences(of: "persons", with: "people")
    switch item.standing {
    case .fake:
      let fakes = file.people.filter { $0.leading?.assessment.label == .fake }.count
      let when = file.isStill ? "" : ", " + Self.list(item.findings)
      return "\(fakes) of \(seen) manipulated\(when)."
    case .inconclusive, .real:
      let reason = item.assessment.map { ReportWords.reason($0) } ?? ""
      return "\(seen) seen; \(reason)."
    case .noFace: return "Nobody was seen."
    case .unreadable: return item.failure?.message ?? "The file could not be read."
    }
  }

  private static func list(_ spans: [ReportItem.Span]) -> String {
    let shown = spans.prefix(4).map { "\(Figures.time($0.start)) to \(Figures.time($0.end))" }
    return shown.joined(separator: ", ") + (spans.count > 4 ? ", and \(spans.count - 4) more" : "")
  }

  private var failure: Markup? {
    guard item.standing != .unreadable, let failure = item.failure else { return nil }
    return """
      <section class="notice error"><p><b>Only a part could be read.</b> \(failure.message). \
      The verdict is that of the readable part.</p></section>

      """
  }

  // MARK: People

  private var overview: Markup? {
    guard let duration = item.duration ?? file.people.flatMap(\.stretches).map(\.end).max(), duration > 0,
      !file.people.isEmpty, !file.isStill
    else { return nil }
    let lanes = ranked.prefix(Self.mostLanes).sorted { $0.track < $1.track }.map { person -> Markup in
      let word = person.leading.map { ReportWords.word(Standing($0.assessment.label)) } ?? ""
      return """
        <li><a href="#p\(person.track)">Person \(person.track)<span class="unseen">: \(word)</span></a>\
        \(ReportStrip.markup(person.stretches, duration: duration))</li>

        """
    }
    let hidden = file.people.count - lanes.count
    return """
      <section aria-labelledby="who"><h2 id="who">Who, and when</h2>
      <ol class="lanes">
      \(lanes)</ol>
      <div class="lane-axis" aria-hidden="true"><svg class="axis">\(axis(duration))</svg></div>
      \(hidden > 0 ? "<p>\(hidden) more people are listed below.</p>" as Markup : "")\(ReportTag.legend)</section>

      """
  }

  private func axis(_ duration: Double) -> Markup {
    var axis: Markup = ""
    for moment in TimelineChart.moments(from: 0, to: duration) {
      let share = moment / duration
      let anchor = share < 0.06 ? "" : share > 0.94 ? " end" : " middle"
      axis += """
        <text class="label\(anchor)" x="\(Figures.decimal(100 * share, 1))%" y="14">\
        \(Figures.time(moment, tenths: moment.rounded() != moment))</text>
        """
    }
    return axis
  }

  private func section(_ person: ReportPerson) -> Markup {
    PersonSection(person: person, analysis: analysis, isStill: file.isStill).markup
  }

  private func others(_ people: ArraySlice<ReportPerson>) -> Markup? {
    guard !people.isEmpty else { return nil }
    let rows = people.map { person -> Markup in
      let leading = person.leading
      return """
        <tr id="p\(person.track)"><th scope="row">Person \(person.track)</th>\
        <td>\(leading.map { ReportTag.markup(Standing($0.assessment.label)) })</td>\
        <td>\(Figures.time(person.ballots.first?.time ?? leading?.start ?? 0))</td>\
        <td>\(Figures.time(person.ballots.last?.time ?? leading?.end ?? 0))</td>\
        <td>\(ReportWords.score(leading?.score))</td><td>\(person.ballots.count)</td></tr>

        """
    }
    return """
      <section aria-labelledby="others"><h2 id="others">Others</h2>
      <div class="wide" tabindex="0" role="region" aria-label="Other people"><table>
      <thead><tr><th scope="col">Person</th><th scope="col">Verdict</th><th scope="col">From</th><th scope="col">To</th>\
      <th scope="col">Score</th><th scope="col">Ballots</th></tr></thead>
      <tbody>\(rows)</tbody></table></div></section>

      """
  }

  // MARK: How

  private var numbers: Markup {
    var facts: [(String, Markup)] = []
    facts.append(("Path", "<code>\(item.path)</code>"))
    for copy in file.copies { facts.append(("Same content", "<code>\(copy)</code>")) }
    if let sha256 = item.sha256 { facts.append(("SHA-256", "<code>\(sha256)</code>")) }
    if let bytes = item.bytes {
      facts.append(("Size", "\(ReportWords.bytes(bytes)) (\(ReportWords.count(bytes)) bytes)"))
    }
    if let modified = item.modified { facts.append(("Last changed", ReportMoment.markup(modified))) }
    if let duration = item.duration { facts.append(("Duration", "\(Figures.time(duration))")) }
    if let picture = file.picture { facts.append(("Picture", "\(picture.width) × \(picture.height) pixels")) }
    if let analysed = item.analysed { facts.append(("Analysed", ReportMoment.markup(analysed))) }
    if let format = file.format { facts.append(("Format", "\(format)")) }
    for counter in file.counters { facts.append((counter.name, "\(ReportWords.count(counter.count))")) }
    return FactList.section("The file", id: "file", facts)
  }

  private var method: Markup {
    var facts: [(String, Markup)] = [
      ("Detector", "\(analysis.model.name) \(analysis.model.version)"),
      ("SHA-256 of the detector", "<code>\(analysis.model.sha256)</code>"),
      (
        "Frame rule",
        """
        pixels above \(ReportWords.short(Double(analysis.rule.threshold), 4)) that form a connected patch of more than \
        \(analysis.rule.minimumComponent) points
        """
      ),
      (
        "Vote",
        """
        more than \(ReportWords.percent(analysis.votes.line)) of the ballots of the last \
        \(ReportWords.short(analysis.votes.window, 3)) seconds, undecided within \
        \(ReportWords.percent(analysis.votes.margin)) of the line or with fewer than \(analysis.votes.minimumBallots) \
        ballots\(clearance)
        """
      ),
      ("Scores", "\(ReportWords.meaningOfScores(isCalibrated: analysis.isCalibrated))"),
    ]
    if let figures = analysis.figures { facts.append(("Measured", "\(figures)")) }
    if let training = analysis.training { facts.append(("Trained on", "\(training)")) }
    if let licence = analysis.licence { facts.append(("Licence", "\(licence)")) }
    for model in analysis.faceModels {
      facts.append(("SHA-256 of a face network", "<code>\(model)</code>"))
    }
    for setting in analysis.settings { facts.append((setting.name, "\(setting.value ?? "yes")")) }
    return FactList.section("Model and settings", id: "method", facts)
  }

  private var repetition: Markup {
    let check = item.sha256.map { "echo \(ReportWords.shellWord($0 + "  " + item.path)) | sha256sum --check" }
    return """
      <section aria-labelledby="repeat"><h2 id="repeat">To repeat it</h2>
      <pre tabindex="0" aria-label="Command line">\(check.map { "\($0)\n" as Markup })\(command)</pre>
      <p>with Unmask \(analysis.version) and the detector named above. The result depends on nothing else.</p></section>

      """
  }

  private var command: String {
    let options = analysis.settings.flatMap { setting in
      ["--" + setting.name] + (setting.value.map { [ReportWords.shellWord($0)] } ?? [])
    }
    // A name that begins like an option would be taken for one.
    let path = item.path.hasPrefix("-") ? "./" + item.path : item.path
    return (["unmask", "scan"] + options + [ReportWords.shellWord(path)]).joined(separator: " ")
  }
}
