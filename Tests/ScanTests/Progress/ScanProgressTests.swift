import Forensics
import Foundation
import Testing

@testable import Scan

@Suite("The progress of a scan")
struct ScanProgressTests {
  /// Two workers, one file each second, half of them known; a hundred found.
  private func busy(until end: Int) -> ScanProgress {
    var progress = ScanProgress(at: 0)
    progress.find(files: 100, bytes: 100_000, isComplete: true)
    for second in 0..<end {
      let worker = second % 2
      progress.begin("clip-\(second).mp4", bytes: 1000, worker: worker)
      progress.open(duration: 10, worker: worker)
      for time in 1...10 { progress.reach(Double(time), worker: worker) }
      progress.finish(
        label: second % 5 == 0 ? .fake : .real, hasFailed: second % 10 == 0, isCached: second % 2 == 0, worker: worker)
      progress.mark(at: Double(second + 1))
    }
    return progress
  }

  @Test("counts files, bytes, findings, and tells how fast it goes and how long it will take")
  func counts() {
    let progress = busy(until: 60)
    #expect(progress.done == .init(files: 60, bytes: 60_000))
    #expect(progress.findings == 12 && progress.failed == 6 && progress.cached == 30)
    #expect(progress.mediaSeconds == 600)
    #expect(progress.speed(at: 60) == 10)
    #expect(progress.left(at: 60) == 40)
    #expect(progress.elapsed(at: 60) == 60)
  }

  @Test("goes by the last half minute, not by what was an hour ago")
  func window() {
    var progress = busy(until: 60)
    for second in 61...100 { progress.mark(at: Double(second)) }
    // Nothing moved since: nobody can tell when it will end.
    #expect(progress.speed(at: 100) == nil && progress.left(at: 100) == nil)
  }

  @Test("knows no end before everything is counted, and none is left when everything is done")
  func unknown() {
    var progress = busy(until: 60)
    progress.find(files: 100, bytes: 100_000, isComplete: false)
    #expect(progress.left(at: 60) == nil)
    progress.find(files: 60, bytes: 60_000, isComplete: true)
    #expect(progress.left(at: 60) == 0)
    #expect(ScanProgress(at: 5).speed(at: 5) == nil)
  }

  @Test("counts a file as far as it has come, and a second look at it once more")
  func parts() {
    var progress = ScanProgress(at: 0)
    progress.begin("a.mp4", bytes: 1000, worker: 3)
    #expect(progress.bytesDone == 0 && progress.workers.count == 4)
    progress.open(duration: 8, worker: 3)
    progress.reach(6, worker: 3)
    #expect(progress.bytesDone == 750 && progress.workers[3]?.share == 0.75)
    progress.reach(2, worker: 3)
    progress.reach(4, worker: 3)
    #expect(progress.mediaSeconds == 8 && progress.bytesDone == 500)
    progress.passOver(worker: 3)
    #expect(progress.bytesDone == 1000 && progress.done.files == 1 && progress.findings == 0)
  }

  @Test("hears of workers that do not exist, or rest, without harm")
  func strangers() {
    var progress = ScanProgress(at: 0)
    progress.open(duration: 1, worker: 9)
    progress.reach(1, worker: 9)
    progress.finish(label: nil, hasFailed: true, isCached: false, worker: 9)
    #expect(progress.done.files == 1 && progress.failed == 1 && progress.mediaSeconds == 0)
  }

  @Test("is one line of JSON with what programs want to know")
  func json() throws {
    var progress = busy(until: 60)
    progress.begin("a \"b\"\n.mp4", bytes: 1000, worker: 1)
    progress.open(duration: 4, worker: 1)
    progress.reach(1, worker: 1)
    let line = progress.line(at: 60, isOver: false)
    #expect(!line.contains("\n"))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect((object["files"] as? [String: Int]) == ["done": 60, "found": 100])
    #expect((object["bytes"] as? [String: Int]) == ["done": 60_250, "found": 100_000])
    #expect(object["manipulated"] as? Int == 12 && object["over"] as? Bool == false)
    let workers = try #require(object["workers"] as? [[String: Any]])
    #expect(workers.map { $0["path"] as? String } == ["a \"b\"\n.mp4"])
    #expect(workers[0]["share"] as? Double == 0.25)
  }
}
