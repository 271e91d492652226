import Forensics
import Foundation
import Records
import Testing

@testable import Scan

@Suite("A report's pages")
struct ReportPageTests {
  private func write(_ source: some ReportSource, in place: ReportPlace) throws -> ReportOutcome {
    try ReportWriter(folder: ReportFolder(place.report), version: "0.0.0").write(
      source, models: ["sample 1"], at: 1_767_312_000)
  }

  @Test("are well formed and load nothing, whatever the files are called")
  func hostileNames() throws {
    let place = try ReportPlace()
    let source = ReportSamples(files: try ReportSamples.hostileNames.map { try ReportSamples.film(named: $0) })
    let outcome = try write(source, in: place)
    #expect(outcome.written == source.files.count)
    #expect(place.pages.count == source.files.count + 1)
    #expect(try place.python("check_html.py", place.pages).isEmpty)
    for page in place.pages {
      let name = page.split(separator: "/").last ?? ""
      #expect(name.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*\.html/) != nil, "\(name)")
      #expect(name.utf8.count <= 64)
    }
  }

  @Test("work in a browser on a phone and on a desk, in light and dark, for eyes, keys and screen readers")
  func browser() throws {
    let place = try ReportPlace()
    var source = ReportSamples.archive(of: 700).files
    source += try ReportSamples.hostileNames.prefix(7).map { try ReportSamples.film(named: $0) }
    _ = try write(ReportSamples(files: source), in: place)
    let text = try place.python("browse_report.py", [place.report])
    let told = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    #expect(told["complaints"] as? [String] == [])
    #expect(told["files"] as? Int == 707)
    #expect(told["pictures"] as? Int ?? 0 > 0)
  }

  @Test("show hostile text as text, with what would deceive the eye spelt out")
  func escaping() {
    let name = "<b>&\"'\u{202E}\u{0}"
    let markup: Markup = "<i title=\"\(name)\">\(name)</i>"
    let shown = "&lt;b&gt;&amp;&quot;&#39;\\u{202E}\\u{0}"
    #expect(markup.html == "<i title=\"\(shown)\">\(shown)</i>")
    #expect(("\(markup)" as Markup) == markup)
  }

  @Test("show the clearance where it is lower than the threshold, and say what it does")
  func clearance() throws {
    var film = try ReportSamples.film(named: "a.mp4")
    #expect(!FilePage(file: film).document.html.contains("clearance 0."))
    film.analysis.votes.clearance = 0.2
    let page = FilePage(file: film).document.html
    #expect(page.contains(">clearance 0.2</text>"))
    #expect(page.contains("or with a score above 0.2, which not only reals have"))
  }

  @Test("give the command that repeats a result, quoted for a shell")
  func command() throws {
    let page = FilePage(file: try ReportSamples.film(named: "it's <new>.mp4")).document.html
    #expect(
      page.contains(
        "unmask scan --fps 3 --min-face 8% --threshold 0.5 &#39;/archive/it&#39;\\&#39;&#39;s &lt;new&gt;.mp4&#39;"))
  }

  @Test("list findings first, then by score")
  func order() throws {
    let items = IndexPage.ordered(try ReportSamples.archive(of: 200).items())
    #expect(items.map(\.standing) == items.map(\.standing).sorted())
    for (left, right) in zip(items, items.dropFirst()) where left.standing == right.standing {
      #expect((left.score ?? -1) >= (right.score ?? -1))
    }
  }

  @Test("write figures the same way everywhere")
  func figures() {
    #expect(Figures.time(7.34) == "0:07.3")
    #expect(Figures.time(3599.96) == "1:00:00.0")
    #expect(Figures.time(3725, tenths: false) == "1:02:05")
    #expect(Figures.time(.infinity) == "–")
    #expect(ReportWords.bytes(999) == "999\u{A0}bytes")
    #expect(ReportWords.bytes(5_967_329) == "5.97\u{A0}MB")
    #expect(ReportWords.bytes(999_600) == "1.00\u{A0}MB")
    #expect(ReportWords.count(1_234_567) == "1\u{202F}234\u{202F}567")
    #expect(ReportWords.short(0.5, 3) == "0.5")
    #expect(Figures.decimal(-0.0004, 3) == "0.000")
    #expect(TimelineChart.moments(from: 16, to: 23.7) == [16, 18, 20, 22])
  }
}
