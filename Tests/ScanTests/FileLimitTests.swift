import Analysis
import Forensics
import Media
import Testing

@testable import Scan

@Suite("A file's limits")
struct FileLimitTests {
  @Test("make what was not found undecided, and take nothing from what was", arguments: 1...20)
  func limits(seed: UInt64) {
    let footage = Footage(seed: seed)
    for threshold: Float in [0.2, 0.8, 1] {
      let whole = JudgedScan(
        footage.ballots, endings: footage.endings, isStill: false, by: .example(threshold: threshold), of: .example())
      let part = JudgedScan(
        footage.ballots, endings: footage.endings, isStill: false, isWhole: false, by: .example(threshold: threshold),
        of: .example())
      #expect(part.stretches == whole.stretches && part.verdict?.score == whole.verdict?.score)
      if whole.verdict?.label == .fake {
        #expect(part.verdict == whole.verdict)
      } else {
        #expect(part.verdict?.assessment == Assessment(label: .inconclusive, reason: .cutShort))
      }
    }
  }

  @Test("are told from faults of the bytes: only those are kept for good")
  func kinds() {
    for code in ["time_limit", "frame_limit", "hung"] {
      let failure = LedgerFailure(code: code, message: "x")
      #expect(failure.leavesRest && !failure.isLasting)
    }
    for code in ["damaged", "truncated", "not_media"] {
      let failure = LedgerFailure(code: code, message: "x")
      #expect(!failure.leavesRest && failure.isLasting)
    }
    // Another limit may let them pass.
    #expect(!LedgerFailure(.tooLarge, "x").isLasting)
  }

  @Test("count the time of the file itself, and not what it waited for")
  func clock() {
    var limits = FileLimits()
    #expect(FileClock(limits).left == nil && !FileClock(limits).isOver)
    limits.seconds = 0
    #expect(FileClock(limits).isOver)
    limits.seconds = 1000
    let begin = ContinuousClock.now
    var clock = FileClock(limits)
    clock.pause {
      let wait = ContinuousClock.now
      while ContinuousClock.now - wait < .milliseconds(5) {}
    }
    let spent = clock.spent
    #expect(spent <= (ContinuousClock.now - begin) / .seconds(1) - 0.005)
  }
}
