import Foundation
import Testing

@Suite("unmask scan --format")
struct FormatTests {
  @Test("text tells people what was found where, and what could not be read")
  func text() throws {
    let folder = try Scratch()
    let clip = try Program.cached("media/demo.mp4")
    let empty = try folder.write(Data(), to: "empty.mp4")
    let json = try Program.run("scan", "--no-ledger", clip)
    let result = try Program.run("scan", "--no-ledger", "--format", "text", clip, empty)
    #expect(result.status == 3)
    let lines = result.output.split(separator: "\n")
    let file = try #require(json.records.first { $0.action == "scan.file" })
    let isFake = file.text("unmask.verdict.label") == "fake"
    #expect(lines[0].hasPrefix(isFake ? "manipulated" : "nothing found") && lines[0].hasSuffix(clip))
    let segments = try #require(file.at("unmask.segments") as? [[String: Any]])
    #expect(lines.count { $0.contains(", person ") } == segments.count { $0.text("label") == "fake" })
    #expect(lines.contains { $0.hasPrefix("not readable") && $0.hasSuffix(empty) })
    #expect(
      lines.last
        == "2 scanned: \(isFake ? 1 : 0) manipulated, \(isFake ? 0 : 1) without a finding, 0 undecided, 0 without a face, 1 with errors"
    )
    #expect(!result.output.contains("{"))
  }

  @Test("csv is a table with one row a file, and goes on in the same file when resumed")
  func table() throws {
    let folder = try Scratch()
    let picture = try Program.cached("media/astronaut.png")
    let clip = try Program.cached("media/clip.mp4")
    for paths in [[picture], [clip]] {
      let result = try Program.run(
        [
          "scan", "--exit-zero", "--ledger", folder.file("ledger"), "--format", "csv", "--output",
          folder.file("out.csv"),
        ]
          + paths)
      #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
    }
    let rows = folder.text("out.csv").components(separatedBy: "\r\n")
    #expect(rows.count == 4 && rows[3].isEmpty)
    #expect(rows[0].hasPrefix("path,label,reason,score,"))
    #expect(rows[1].hasPrefix(picture + ",") && rows[2].hasPrefix(clip + ","))
    #expect(Set(rows.dropLast().map { $0.count { $0 == "," } }).count == 1)
  }

  @Test("refuses a form that does not exist, and names those that do")
  func unknown() throws {
    let result = try Program.run("scan", "--format", "xml", "x.mp4")
    #expect(result.status == 2 && result.errors.contains("csv") && result.errors.contains("text"))
  }
}
