internal import Foundation
internal import Records

/// The report's first page: every file with its verdict, findings first, to be sorted, filtered and searched in place.
struct IndexPage {
  let items: [ReportItem]
  /// Where each item's page lies, relative to the index.
  let address: (ReportItem) -> String
  let version: String
  /// Unix time at which the report was made.
  let made: Double
  /// Detectors that the results come from: name, version and hash.
  let models: [String]

  /// Findings first: by standing, then by score, then by path.
  static func ordered(_ items: [ReportItem]) -> [ReportItem] {
    items.sorted { left, right in
      if left.standing != right.standing { return left.standing < right.standing }
      if left.score != right.score { return (left.score ?? -1) > (right.score ?? -1) }
      return left.path != right.path ? left.path < right.path : left.identity < right.identity
    }
  }

  var document: ReportDocument {
    ReportDocument(title: "Unmask report", fingerprint: "index", script: .index, body: body)
  }

  /// The folder that all files lie below, with its slash; empty when there is none that is worth naming.
  private var base: String {
    guard let first = items.first, items.count > 1 else { return "" }
    var shared = Array(first.path.split(separator: "/", omittingEmptySubsequences: false).dropLast())
    for item in items {
      let folders = item.path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      shared = zip(shared, folders).prefix { $0 == $1 }.map { $0.0 }
    }
    return shared.count < 2 ? "" : shared.joined(separator: "/") + "/"
  }

  private var counts: [Standing: Int] { items.reduce(into: [:]) { $0[$1.standing, default: 0] += 1 } }

  private var body: Markup {
    let counts = counts
    return """
      <a class="skip" href="#list">Skip to the files</a>
      <header class="top"><span class="brand">unmask</span></header>
      <main>
      <h1>\(headline(counts))</h1>
      <p class="about">\(summary)</p>
      \(filters(counts))<section aria-label="Files" id="list">
      <p class="status" role="status" aria-live="polite">\(ReportWords.count(items.count, "file"))</p>
      \(table)<p class="more"><button type="button" id="more" hidden>Show more</button></p>
      </section>
      </main>
      <footer>\(caution)</footer>
      """
  }

  private func headline(_ counts: [Standing: Int]) -> String {
    let found = counts[.fake] ?? 0
    switch (found, items.count) {
    case (_, 0): return "No file was scanned"
    case (0, _): return "Nothing found in \(ReportWords.count(items.count, "file"))"
    default: return "Manipulated faces in \(ReportWords.count(found)) of \(ReportWords.count(items.count, "file"))"
    }
  }

  private var summary: Markup {
    let bytes = items.compactMap(\.bytes).reduce(0, +)
    let hours = items.compactMap(\.duration).reduce(0, +)
    let place: Markup = base.isEmpty ? "" : "<br>All lie below <code>\(base)</code>"
    let amount = (hours > 0 ? Figures.time(hours, tenths: false) + " of footage, " : "") + ReportWords.bytes(bytes)
    let detectors = models.map { "<br>Detector \($0)" as Markup }
    return "\(amount), report of \(ReportMoment.markup(made))\(place)\(detectors)"
  }

  private var caution: Markup {
    """
    <p>A <b>manipulated</b> is a reason to look, a <b>nothing found</b> says only that nothing was found, and neither is \
    evidence about a person. What each means, and how sure it is, stands on the page of each file.</p>
    <p>Made by Unmask \(version).</p>
    """
  }

  // MARK: Filters

  private func filters(_ counts: [Standing: Int]) -> Markup {
    let failed = items.count { $0.failure != nil }
    var choices: [Markup] = [choice("all", "all", items.count, isChosen: true)]
    for standing in Standing.allCases where standing != .unreadable {
      choices.append(choice(ReportWords.key(standing), ReportWords.word(standing), counts[standing] ?? 0))
    }
    choices.append(choice("error", "errors", failed))
    return """
      <form class="filters" role="search" aria-label="Filter the files" hidden>
      <fieldset class="chips"><legend class="unseen">Verdict</legend>
      \(choices)</fieldset>
      <label class="search"><span class="unseen">Search in paths, errors and hashes</span>\
      <input type="search" id="search" placeholder="Search   /" autocomplete="off" spellcheck="false" \
      aria-keyshortcuts="/"></label>
      <label class="sorting">Sort by <select id="sorting">
      <option value="standing">findings first</option><option value="score">score</option><option value="name">path</option>\
      <option value="duration">duration</option><option value="bytes">size</option><option value="date">date</option></select></label>
      </form>

      """
  }

  private func choice(_ key: String, _ word: String, _ count: Int, isChosen: Bool = false) -> Markup {
    """
    <label class="chip \(key)"><input type="radio" name="show" value="\(key)"\(isChosen ? " checked" as Markup : "")>\
    <span>\(word) <b>\(ReportWords.count(count))</b></span></label>

    """
  }

  // MARK: The table

  private var table: Markup {
    let base = base
    return """
      <table class="files" data-base="\(base)"><caption class="unseen">Files by verdict; the headings sort</caption>
      <thead><tr>\(heading("standing", "Verdict"))\(heading("name", "File"))<th scope="col" class="where">Where</th>\
      \(heading("score", "Score"))\(heading("duration", "Duration"))\(heading("bytes", "Size"))\(heading("date", "Changed"))\
      </tr></thead>
      <tbody>
      \(Self.ordered(items).map { row($0, below: base) })</tbody></table>

      """
  }

  private func heading(_ key: String, _ word: String) -> Markup {
    #"<th scope="col" class="\#(key)" data-key="\#(key)">\#(word)</th>"#
  }

  private func row(_ item: ReportItem, below base: String) -> Markup {
    let path = String(item.path.dropFirst(base.count))
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? path
    let folder = String(path.dropLast(name.count))
    let places: Markup =
      if let duration = item.duration, duration > 0, !item.findings.isEmpty {
        ReportStrip.markup(item.findings.map { ($0.start, $0.end, "fake") }, duration: duration)
      } else { "" }
    let failure = item.failure.map { #"<p class="why">\#($0.message)</p>"# as Markup }
    return """
      <tr data-v="\(ReportWords.key(item.standing))"\(item.failure == nil ? "" : " data-e" as Markup)\
      \(value("s", item.score.map(Double.init), 6))\(value("d", item.duration, 3))\(value("b", item.bytes.map(Double.init), 0))\
      \(value("t", item.modified, 0))\(item.sha256.map { #" data-h="\#(String($0.prefix(16)))""# as Markup })>\
      <td class="standing">\(ReportTag.markup(item.standing))</td>\
      <th scope="row" class="name">\(folder.isEmpty ? "" : "<span class=\"folder\">\(folder)</span>" as Markup)<a href="\(address(item))">\(name)</a>\(failure)</th>\
      <td class="where">\(places)</td><td class="score">\(item.score.map { ReportWords.score($0) } ?? "")</td>\
      <td class="duration">\(item.duration.map { Figures.time($0, tenths: false) } ?? "")</td>\
      <td class="bytes">\(item.bytes.map { ReportWords.bytes($0) } ?? "")</td>\
      <td class="date">\(item.modified.map { ReportMoment.day($0) } ?? "")</td></tr>

      """
  }

  private func value(_ key: String, _ value: Double?, _ places: Int) -> Markup? {
    value.map { #" data-\#(key)="\#(ReportWords.short($0, places))""# }
  }
}
