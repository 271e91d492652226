import Foundation
import Testing

@testable import Scan

@Suite("A report's folder")
struct ReportFolderTests {
  private func write(
    _ source: ReportSamples, in place: ReportPlace, isStopped: () -> Bool = { false }
  ) throws -> ReportOutcome {
    try ReportWriter(folder: ReportFolder(place.report), version: "0.0.0").write(
      source, models: [], at: 1_767_312_000, isStopped: isStopped)
  }

  @Test("is refused when it holds something else or is a file, and nothing in it is touched")
  func foreign() throws {
    let place = try ReportPlace()
    #expect(throws: ReportError.self) { try ReportFolder("/dev/null") }
    try FileManager.default.createDirectory(atPath: place.report, withIntermediateDirectories: false)
    try "mine".write(toFile: place.report + "/index.html", atomically: true, encoding: .utf8)
    #expect(throws: ReportError("report \(place.report): the folder holds something else; name a new one")) {
      try ReportFolder(place.report)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.report) == ["index.html"])
  }

  @Test("gets only the pages of what has changed, and loses those of what is no more")
  func changes() throws {
    let place = try ReportPlace()
    var files = ReportSamples.archive(of: 30).files
    #expect(try write(ReportSamples(files: files), in: place).written == 30)
    let before = try place.pages.map { try place.text($0) }
    let again = try write(ReportSamples(files: files), in: place)
    #expect((again.written, again.kept, again.removed) == (0, 30, 0))
    #expect(try place.pages.map { try place.text($0) } == before)
    files[3].item.fingerprint = "other"
    files.removeLast(2)
    // What a person puts there stays.
    try "note".write(toFile: place.report + "/files/note.html", atomically: true, encoding: .utf8)
    let third = try write(ReportSamples(files: files), in: place)
    #expect((third.written, third.kept, third.removed) == (1, 27, 2))
    #expect(place.pages.contains { $0.hasSuffix("/note.html") })
  }

  @Test("is gone on with after a stop, and loses what was half written")
  func stopping() throws {
    let place = try ReportPlace()
    let source = ReportSamples.archive(of: 20)
    var asked = 0
    let stopped = try write(source, in: place) {
      asked += 1
      return asked > 8
    }
    #expect(stopped.isInterrupted)
    #expect(stopped.written == 8)
    let cut = try #require(place.pages.last)
    let half = place.report + "/files/x.html.1-1.partial"
    try "half".write(toFile: half, atomically: true, encoding: .utf8)
    // A page that was cut has no fingerprint that counts.
    try "<!DOCTYPE".write(toFile: cut, atomically: true, encoding: .utf8)
    let rest = try write(source, in: place)
    #expect((rest.written, rest.kept) == (13, 7))
    #expect(!FileManager.default.fileExists(atPath: half))
    #expect(place.pages.count == 21)
  }

  @Test("calls a page by the file's name as far as it is safe, the same each time and unlike any other's")
  func addresses() {
    let names = ReportSamples.hostileNames + ["A.mp4", "a.mp4", "a.MP4", "b/a.mp4"]
    let items = names.map { ReportItem(identity: $0, fingerprint: "", path: "/archive/" + $0) }
    let addresses = items.map(ReportFolder.address)
    #expect(Set(addresses.map { $0.lowercased() }).count == names.count)
    #expect(addresses == items.map(ReportFolder.address))
    #expect(addresses[12].hasPrefix("files/a-mp4-"))
  }
}
