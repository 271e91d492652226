import Foundation
import Testing

@Suite("unmask report")
struct ReportTests {
  private func pages(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder + "/files").sorted().map { folder + "/files/" + $0 }
  }

  private func expectSound(_ folder: String) throws {
    let checked = try Python.run(
      "Tests/Support/check_html.py", [folder + "/index.html"] + pages(in: folder), input: "")
    #expect(checked.status == 0 && checked.output.isEmpty, "\(checked.output)")
  }

  @Test("shows what a scan found, alone or from several ledgers, each result once")
  func demonstration() throws {
    let folder = try Scratch()
    let clip = try Program.cached("media/demo.mp4")
    let picture = try Program.cached("media/astronaut.png")
    let empty = try folder.write(Data(), to: "empty <b>&.mp4")
    let first = folder.file("first.ledger")
    let scan = try Program.run("scan", "--ledger", first, "--report", folder.file("a"), clip, picture, empty)
    #expect(scan.status == 3)
    #expect(scan.complaints.contains { $0.contains(folder.file("a") + "/index.html") }, "\(scan.errors)")
    try expectSound(folder.file("a"))
    let made = try pages(in: folder.file("a"))
    #expect(made.count == 3)

    // The page says what the record says, and shows it.
    let file = try #require(
      scan.records.first { $0.action == "scan.file" && $0.text("unmask.file.path") == clip })
    let page = try String(contentsOfFile: #require(made.first { $0.contains("/demo-mp4-") }), encoding: .utf8)
    #expect(page.contains(try #require(file.text("unmask.file.sha256"))))
    #expect(page.contains(try #require(file.text("unmask.model.sha256"))))
    #expect(page.contains(String(format: "score <b>%.3f</b>", try #require(file.number("unmask.verdict.score")))))
    #expect(page.matches(of: /<figure class="key"/).count >= 4)
    #expect(page.matches(of: /<div class="timeline"/).count >= 4)

    // What the page says to run finds the same.
    let command = try #require(page.firstMatch(of: /unmask scan ([^<]*)<\/pre>/)).1.split(separator: " ").map(
      String.init)
    let again = try Program.run(["scan", "--no-ledger"] + command)
    let repeated = try #require(again.records.first { $0.action == "scan.file" })
    #expect(repeated.number("unmask.verdict.score") == file.number("unmask.verdict.score"))

    let second = folder.file("second.ledger")
    #expect(try Program.run("scan", "--exit-zero", "--ledger", second, picture).status == 0)
    let merged = try Program.run("report", first, second, "--out", folder.file("b"))
    #expect(merged.status == 0, "\(merged.errors)")
    #expect(
      try pages(in: folder.file("b")).map { $0.dropFirst(folder.file("b").count) }
        == made.map { $0.dropFirst(folder.file("a").count) })
    try expectSound(folder.file("b"))
    let unchanged = try Program.run("report", first, second, "--out", folder.file("b"))
    #expect(unchanged.errors.contains("0 pages written, 3 unchanged"), "\(unchanged.errors)")

    let seen = try Python.run("Tests/Support/browse_report.py", [folder.file("a")], input: "")
    #expect(seen.status == 0 && seen.output.contains("\"complaints\": []"), "\(seen.output)")
  }

  @Test("refuses a folder that holds something else, before anything is scanned, and a ledger that is none")
  func refusals() throws {
    let folder = try Scratch()
    try folder.write(Data("mine".utf8), to: "notes.txt")
    let picture = try Program.cached("media/astronaut.png")
    let scan = try Program.run("scan", "--no-ledger", "--report", folder.path, picture)
    #expect(scan.status == 2)
    #expect(scan.records.isEmpty)
    #expect(scan.errors.contains("the folder holds something else"))
    for ledger in ["missing.ledger", "notes.txt"] {
      let report = try Program.run("report", folder.file(ledger), "--out", folder.file("new"))
      #expect(report.status == 2)
      #expect(report.complaints.count == 1 && report.errors.contains(ledger), "\(report.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("new")))
    }
    #expect(folder.text("notes.txt") == "mine")
  }

  @Test("is made of a scan that keeps no ledger, too")
  func withoutLedger() throws {
    let folder = try Scratch()
    let result = try Program.run(
      "scan", "--exit-zero", "--no-ledger", "--report", folder.file("report"), try Program.cached("media/astronaut.png")
    )
    #expect(result.status == 0)
    #expect(result.errors.contains("1 files (1 pages written"), "\(result.errors)")
  }
}
