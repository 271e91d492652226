import Forensics
import Foundation
import Testing

@testable import Scan

@Suite("The drawing of a scan's progress")
struct ProgressLinesTests {
  private func progress(workers: Int, path: String = "/archive/2024/interview.mp4") -> ScanProgress {
    var progress = ScanProgress(at: 0)
    progress.find(files: 12_345, bytes: 3_400_000_000_000, isComplete: true)
    progress.begin("first.mp4", bytes: 1_200_000_000_000, worker: 0)
    progress.open(duration: 1400, worker: 0)
    progress.reach(1400, worker: 0)
    progress.finish(label: .fake, hasFailed: true, isCached: false, worker: 0)
    for worker in 0..<workers {
      progress.begin(path, bytes: 0, worker: worker)
      progress.open(duration: 100, worker: worker)
      progress.reach(63, worker: worker)
    }
    return progress
  }

  private func plain(_ line: String) -> String { line.replacing(/\u{1B}\[[0-9;]*m/, with: "") }

  @Test("shows the whole in one line, and each file in work in one")
  func wide() {
    let lines = ProgressLines(columns: 120, rows: 24, isColoured: false).lines(of: progress(workers: 2), at: 100)
    #expect(
      lines == [
        "1 of 12\u{202F}345 files · 1.20 TB of 3.40 TB · 15× real time · 3:04 left · 1 manipulated · 1 with errors",
        "  ███████░░░░░  63 %  /archive/2024/interview.mp4",
        "  ███████░░░░░  63 %  /archive/2024/interview.mp4",
      ])
  }

  @Test("never takes more room than there is, whatever the names", arguments: [1, 5, 12, 20, 39, 40, 41, 60, 80, 200])
  func fits(columns: Int) {
    let names = [
      "short.mp4", String(repeating: "long/", count: 60) + "name.mp4", String(repeating: "漢字", count: 70),
      "e\u{301}\u{301}\u{301}.mp4", "🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬", "a\u{1B}[2J\n\u{202E}b", "",
    ]
    for name in names {
      for rows in [1, 2, 3, 4, 10, 50] {
        for isColoured in [false, true] {
          let drawing = ProgressLines(columns: columns, rows: rows, isColoured: isColoured)
          let lines = drawing.lines(of: progress(workers: 20, path: name), at: 100)
          #expect(lines.count <= max(1, rows - 1))
          for line in lines + [drawing.lastLine(of: progress(workers: 20, path: name), at: 100)] {
            #expect(TerminalText.width(of: plain(line)) <= max(1, columns - 1), "\(line)")
            #expect(plain(line).unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
          }
        }
      }
    }
  }

  @Test("says how many files there is no room for")
  func crowded() {
    let lines = ProgressLines(columns: 80, rows: 10, isColoured: false).lines(of: progress(workers: 20), at: 100)
    #expect(lines.count == 9 && lines.last == "  and 13 more")
  }

  @Test("keeps what was found when there is room for little")
  func narrow() {
    let lines = ProgressLines(columns: 60, rows: 24, isColoured: false).lines(of: progress(workers: 0), at: 100)
    #expect(lines == ["1 of 12\u{202F}345 files · 1 manipulated · 1 with errors"])
  }

  @Test("colours findings where colours are welcome, and nowhere else")
  func colours() {
    let coloured = ProgressLines(columns: 120, rows: 24, isColoured: true).lines(of: progress(workers: 1), at: 100)
    #expect(coloured[0].contains("\u{1B}[1;31m1 manipulated\u{1B}[0m"))
    let plain = ProgressLines(columns: 120, rows: 24, isColoured: false).lines(of: progress(workers: 1), at: 100)
    #expect(coloured.map(self.plain) == plain)
  }

  @Test("counts while the end is not known, and sums up when it is over")
  func ends() {
    var progress = progress(workers: 0)
    progress.find(files: 7, bytes: 5_000_000, isComplete: false)
    let drawing = ProgressLines(columns: 120, rows: 24, isColoured: false)
    #expect(drawing.lines(of: progress, at: 100)[0].hasPrefix("1 of 7+ files"))
    #expect(drawing.lastLine(of: progress, at: 100) == "1 file · 1.20 TB · 1:40 · 1 manipulated · 1 with errors")
  }
}
