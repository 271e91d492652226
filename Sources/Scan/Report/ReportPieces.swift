internal import Forensics
internal import Records

/// A verdict's word with its sign: told by shape and word, not by colour alone.
enum ReportTag {
  static func markup(_ standing: Standing) -> Markup {
    #"<span class="tag \#(ReportWords.key(standing))">\#(ReportWords.word(standing))</span>"#
  }

  /// What the colours of timelines mean.
  static let legend: Markup = """
    <p class="legend" aria-hidden="true"><span class="fake">manipulated</span><span class="open">undecided</span>\
    <span class="real">nothing found</span></p>

    """
}

/// A person's or a file's stretches on one thin line.
enum ReportStrip {
  static func markup(_ stretches: [ReportStretch], duration: Double) -> Markup {
    markup(stretches.map { ($0.start, $0.end, ReportWords.key(Standing($0.assessment.label))) }, duration: duration)
  }

  static func markup(_ spans: [(start: Double, end: Double, key: String)], duration: Double) -> Markup {
    var strip: Markup = ""
    for span in spans where duration > 0 {
      let left = min(max(1000 * span.start / duration, 0), 995)
      let width = min(max(1000 * (span.end - span.start) / duration, 5), 1000 - left)
      strip +=
        #"<rect class="\#(span.key)" x="\#(Figures.decimal(left, 0))" width="\#(Figures.decimal(width, 0))" height="10"/>"#
    }
    return #"<svg class="strip" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">\#(strip)</svg>"#
  }
}

/// A moment of the calendar.
enum ReportMoment {
  /// To the second, UTC.
  static func markup(_ unixSeconds: Double) -> Markup { markup(Timestamp(unixSeconds: unixSeconds).rfc3339) }

  /// - Parameter text: RFC 3339, UTC.
  static func markup(_ text: String) -> Markup {
    #"<time datetime="\#(text)">\#(String(text.prefix(10))) \#(String(text.dropFirst(11).prefix(8))) UTC</time>"#
  }

  static func day(_ unixSeconds: Double) -> String { String(Timestamp(unixSeconds: unixSeconds).rfc3339.prefix(10)) }
}

/// Facts by their names.
enum FactList {
  static func markup(_ facts: [(name: String, value: Markup)]) -> Markup {
    let list = facts.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>\n" as Markup }
    return "<dl>\n\(list)</dl>\n"
  }

  static func section(_ title: String, id: String, _ facts: [(String, Markup)]) -> Markup {
    """
    <section aria-labelledby="\(id)"><h2 id="\(id)">\(title)</h2>
    \(markup(facts.map { (name: $0.0, value: $0.1) }))</section>

    """
  }
}
