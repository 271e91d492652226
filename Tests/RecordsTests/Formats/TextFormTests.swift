import Testing

@testable import Records

@Suite("The form for people")
struct TextFormTests {
  private let form = TextForm()

  private func file(_ path: String, _ verdict: VerdictDetails?) -> Details {
    Details(file: FileDetails(path: path), verdict: verdict)
  }

  @Test("says what was found first, then where, then when who")
  func finding() {
    var details = file("a.mp4", VerdictDetails(label: "fake", reason: "majority", score: 0.9328, threshold: 0.9))
    details.segments = [
      SegmentDetails(start: 0, end: 9, track: 1, label: "real", score: 0.1),
      SegmentDetails(start: 3616, end: 3623.68, track: 5, label: "fake", score: 0.9328),
    ]
    #expect(
      form.text(of: Record(.scanFile, message: "x", details: details)) == """
        manipulated   0.933 a.mp4
                              1:00:16.0 to 1:00:23.7, person 5, score 0.933

        """)
  }

  @Test("puts an error under its file, and what was found in spite of it before it")
  func errors() {
    let failure = Record.Failure(code: "x", message: "c.mp4 is cut short")
    let seen = file("c.mp4", VerdictDetails(label: "inconclusive", reason: "cut_short", score: nil, threshold: nil))
    #expect(
      form.text(of: Record(.scanFile, message: "x", failure: failure, details: seen))
        == "undecided           c.mp4\n                      c.mp4 is cut short\n")
    #expect(
      form.text(of: Record(.scanFile, message: "x", failure: failure, details: file("c.mp4", nil)))
        == "not readable        c.mp4\n                      c.mp4 is cut short\n")
  }

  @Test("lets no name move the cursor, colour the screen or begin a line")
  func hostileNames() {
    let text = form.text(
      of: Record(.scanFile, message: "x", details: file("a\u{1B}[2J\nb\u{202E}\u{7F}\u{85}.mp4", nil)))
    #expect(text == "not readable        a\\u{1b}[2J\\u{a}b\\u{202e}\\u{7f}\\u{85}.mp4\n")
  }

  @Test("ends with the sum, and says nothing of what programs alone need")
  func others() {
    #expect(form.text(of: Record(.scanSummary, message: "3 scanned")) == "\n3 scanned\n")
    for action in Record.Action.allCases where action != .scanFile && action != .scanSummary {
      #expect(form.text(of: Record(action, message: "x")).isEmpty)
    }
  }
}
