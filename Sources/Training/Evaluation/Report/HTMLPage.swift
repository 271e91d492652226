/// One HTML page that needs nothing but itself: no scripts, no fonts, no addresses; and a policy in its head that keeps
/// browsers from fetching anything even if a name in it were to ask for it.
enum HTMLPage {
  static func document(title: String, _ sections: [String]) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>\(SVG.text(title))</title>
    <style>\(style)</style>
    </head>
    <body>
    <main>
    \(sections.joined(separator: "\n"))
    </main>
    </body>
    </html>

    """
  }

  static func section(_ title: String, _ content: String...) -> String {
    "<section>\n<h2>\(SVG.text(title))</h2>\n\(content.joined(separator: "\n"))\n</section>"
  }

  static func paragraph(_ words: String, kind: String? = nil) -> String {
    "<p\(kind.map { " class=\"\($0)\"" } ?? "")>\(SVG.text(words))</p>"
  }

  /// Drawings side by side where there is room for it.
  static func gallery(_ figures: [String?]) -> String {
    "<div class=\"gallery\">\(figures.compactMap(\.self).joined(separator: "\n"))</div>"
  }

  /// Words and values, one pair a line.
  static func list(_ entries: [(name: String, value: String)]) -> String {
    "<dl>" + entries.map { "<dt>\(SVG.text($0.name))</dt><dd>\(SVG.text($0.value))</dd>" }.joined() + "</dl>"
  }

  /// A cell of a table: words that are escaped when written, and a class.
  struct Cell: ExpressibleByStringInterpolation, Sendable {
    var words: String
    var kind: String?
    /// Stands smaller below the words.
    var note: String?

    init(_ words: String, kind: String? = nil, note: String? = nil) {
      (self.words, self.kind, self.note) = (words, kind, note)
    }

    init(stringLiteral words: String) { self.init(words) }
  }

  /// A table that scrolls within itself where the screen is narrow. The first cell of each row is its heading.
  static func table(_ head: [String], _ rows: [[Cell]]) -> String {
    let heads = head.map { "<th scope=\"col\">\(SVG.text($0))</th>" }.joined()
    let lines = rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let kind = cell.kind.map { " class=\"\($0)\"" } ?? ""
        let note = cell.note.map { "<small>\(SVG.text($0))</small>" } ?? ""
        let content = SVG.text(cell.words) + note
        return column == 0 ? "<th scope=\"row\"\(kind)>\(content)</th>" : "<td\(kind)>\(content)</td>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    return """
      <div class="scroll"><table>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(lines.joined(separator: "\n"))
      </tbody>
      </table></div>
      """
  }

  private static let style = """

    :root{color-scheme:light dark;--paper:#fff;--ink:#1b1d21;--soft:#5a6069;--line:#dde0e5;--band:#f5f6f8;
    --wrong:#b3261e;--note:#fff4e0}
    @media (prefers-color-scheme:dark){:root{--paper:#15171a;--ink:#e7e9ec;--soft:#a0a7b1;--line:#343940;
    --band:#1d2024;--wrong:#ff8a80;--note:#33290f}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
    main{max-width:1080px;margin:0 auto;padding:16px}
    h1{font-size:1.6rem;line-height:1.2;margin:.4em 0 .2em}
    h2{font-size:1.15rem;margin:2em 0 .5em;padding-top:.6em;border-top:1px solid var(--line)}
    p{margin:.5em 0;max-width:75ch}
    .lead,.aside,small{color:var(--soft)}
    .caution{background:var(--note);border-left:4px solid #D55E00;padding:.5em .8em}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:1em 0}
    .tiles div{border:1px solid var(--line);border-radius:8px;padding:10px 12px;background:var(--band)}
    .tiles b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
    .tiles span{color:var(--soft);font-size:.85rem;display:block}
    .gallery{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:16px}
    figure{margin:0;break-inside:avoid}
    figcaption{font-weight:600;font-size:.95rem}
    svg{display:block;width:100%;height:auto;max-width:560px;font-family:inherit}
    .grid{stroke:var(--line);stroke-width:1}.tick{font-size:13px;fill:var(--soft)}
    .axis{font-size:14px;fill:var(--ink)}.key{font-size:13px;fill:var(--ink)}
    .scroll{overflow-x:auto;margin:.6em 0}
    table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;min-width:100%}
    th,td{padding:.3em .7em;text-align:right;vertical-align:top;white-space:nowrap;border-bottom:1px solid var(--line)}
    th:first-child{text-align:left;font-weight:500}
    thead th{color:var(--soft);font-weight:600;vertical-align:bottom}
    tbody tr:nth-child(even){background:var(--band)}
    td small,th small{display:block;font-size:.8rem;font-weight:400}
    .name{white-space:normal;overflow-wrap:anywhere;min-width:9em}
    .fake{color:#D55E00}.wrong{color:var(--wrong);font-weight:700}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em;font-size:.9rem}
    dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
    @media (max-width:520px){dl{grid-template-columns:1fr}dd{margin-bottom:.5em}th,td{padding:.3em .45em}}
    @media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--band:#fff;--wrong:#b3261e;
    --note:#fff}body{font-size:10pt}main{max-width:none;padding:0}.scroll{overflow:visible}tr,.tiles div{break-inside:avoid}
    h2{break-after:avoid}th,td{padding:.15em .4em}.gallery{grid-template-columns:1fr 1fr}}

    """
}
