import Foundation
import Testing

@testable import Records

@Suite("The CSV form")
struct CSVFormTests {
  /// Reads a table by RFC 4180, and nothing more lenient.
  private func table(_ text: String) throws -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field = ""
    var scalars = text.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"":
        try #require(field.isEmpty)
        while true {
          let next = scalars.popFirst()
          let inner = try #require(next, "a quote is not closed")
          if inner != "\"" {
            field.unicodeScalars.append(inner)
          } else if scalars.first == "\"" {
            field.unicodeScalars.append(scalars.removeFirst())
          } else {
            break
          }
        }
        try #require(scalars.first == "," || scalars.first == "\r", "something stands behind a quote")
      case ",":
        row.append(field)
        field = ""
      case "\r":
        let next = scalars.popFirst()
        try #require(next == "\n", "a carriage return stands alone")
        rows.append(row + [field])
        (row, field) = ([], "")
      case "\n": Issue.record("a line feed stands alone")
      default: field.unicodeScalars.append(scalar)
      }
    }
    #expect(row.isEmpty && field.isEmpty, "the last row does not end")
    return rows
  }

  @Test("gives back whatever stands in a field", arguments: 1...50)
  func fields(seed: UInt64) throws {
    var random = Seeded(seed)
    let pieces = ["a", ",", "\"", "\r", "\n", "\r\n", ";", " ", "é", "🎬", "\t", "=1+1", "\"\"", "\u{0}"]
    let rows = (0..<3).map { _ in
      (0..<4).map { _ in
        (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
      }
    }
    #expect(try table(rows.map(CSVForm.row).joined()) == rows)
  }

  @Test("tells each file in one row under the names of its columns, and nothing of other records")
  func files() throws {
    let form = CSVForm()
    var details = Details(
      file: FileDetails(path: "a, \"b\".mp4", sha256: "ab", bytes: 5, duration: 24),
      verdict: VerdictDetails(label: "fake", reason: "majority", score: 0.932784, threshold: 0.9),
      model: ModelDetails(name: "m", version: "1", sha256: "cd"))
    details.segments = [
      SegmentDetails(start: 1, end: 2.5, track: 3, label: "real", score: nil),
      SegmentDetails(start: 16, end: 23.68, track: 5, label: "fake", score: 0.932784),
    ]
    details.counters = CounterDetails(
      decoded: 9, sampled: 4, skipped: 5, corrupt: 0, analysed: 4, evicted: 0, failed: 0, faces: 2)
    let file = Record(.scanFile, message: "x", reason: "majority", details: details)
    let broken = Record(
      .scanFile, message: "x", failure: Record.Failure(code: "damaged", message: "two\nlines"),
      details: Details(file: FileDetails(path: "c.mp4")))
    let others = Record.Action.allCases.filter { $0 != .scanFile }.map { form.text(of: Record($0, message: "x")) }
    #expect(others.allSatisfy { $0.isEmpty })
    let rows = try table(form.head + form.text(of: file) + form.text(of: broken))
    let named = rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(rows[0], $0)) }
    #expect(rows.allSatisfy { $0.count == rows[0].count })
    #expect(named[0]["path"] == "a, \"b\".mp4" && named[0]["label"] == "fake" && named[0]["score"] == "0.932784")
    #expect(named[0]["segments"] == "1-2.5 real #3; 16-23.68 fake 0.933 #5")
    #expect(named[0]["frames"] == "4" && named[0]["error_code"] == "")
    #expect(named[1]["label"] == "" && named[1]["error_code"] == "damaged" && named[1]["error_message"] == "two\nlines")
  }
}
