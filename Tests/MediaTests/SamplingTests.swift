import Testing

@testable import Media

@Suite("Sampling by presentation time")
struct SamplingTests {
  private func times(_ sampling: Sampling, _ stamps: [Double]) -> [Double] {
    var schedule = SamplingSchedule(sampling)
    return stamps.filter { schedule.takes(frameAt: $0) }
  }

  @Test("takes the first frame of each slot, whatever the frame rate")
  func takesFirstOfEachSlot() {
    let ntsc = (0..<120).map { Double($0) * 1001 / 30000 }
    #expect(times(.rate(5), ntsc).count == 20)
    #expect(times(.rate(1), [0, 0.4, 0.9, 1.0, 1.1, 3.7, 3.8, 4.0]) == [0, 1.0, 3.7, 4.0])
    #expect(times(.rate(0.5), [0, 1, 2, 3, 4, 5]) == [0, 2, 4])
  }

  @Test("a rate above the source's takes every frame once")
  func takesEveryFrameOnce() {
    let stamps = (0..<50).map { Double($0) / 25 }
    #expect(times(.rate(1000), stamps) == stamps)
    #expect(times(.everyFrame, stamps) == stamps)
  }

  @Test("millisecond clocks do not lose a frame to rounding")
  func survivesRounding() {
    let milliseconds = (0..<300).map { (Double($0) / 30 * 1000).rounded() / 1000 }
    #expect(times(.rate(10), milliseconds).count == 100)
  }

  @Test("counters balance in every mode", arguments: [Sampling.rate(5), .rate(0.7), .everyFrame, .keyFrames])
  func countersBalance(sampling: Sampling) throws {
    let reader = try Clips.reader("clip.mp4", ReaderOptions(sampling: sampling))
    let frames = reader.drained().frames
    let counters = reader.counters
    #expect(counters.decoded == counters.sampled + counters.skipped)
    #expect(counters.sampled == frames.count)
    let expected: [Sampling: Int] = [.rate(5): 10, .rate(0.7): 2, .everyFrame: 50, .keyFrames: 5]
    #expect(frames.count == expected[sampling])
    if sampling == .keyFrames { #expect(frames.allSatisfy { $0.isKeyFrame } && counters.decoded == 5) }
  }

  @Test("a variable frame rate is sampled by time")
  func variableRate() throws {
    let frames = try Clips.reader("vfr.mp4", ReaderOptions(sampling: .rate(5))).drained().frames
    #expect(frames.map { ($0.time * 100).rounded() / 100 } == [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8])
  }
}

@Suite("PresentationClock")
struct PresentationClockTests {
  private func times(_ stamps: [Double?], start: Double? = nil, gap: Double = 10) -> [Double] {
    var clock = PresentationClock(start: start, frameDuration: 0.04, longestGap: gap)
    return stamps.map { (clock.time(ofFrameStamped: $0) * 1000).rounded() / 1000 }
  }

  @Test("counts from the declared start")
  func countsFromStart() {
    #expect(times([30, 30.04, 30.08], start: 30) == [0, 0.04, 0.08])
    #expect(times([30.5, 30.54], start: 30) == [0.5, 0.54])
  }

  @Test("a start that cannot be right is not believed")
  func distrustsStart() {
    #expect(times([5, 5.04], start: 10) == [0, 0.04])
    #expect(times([95443, 95443.04], start: 0) == [0, 0.04])
  }

  @Test("missing timestamps go on at the frame rate")
  func fillsIn() {
    #expect(times([nil, nil, nil]) == [0, 0.04, 0.08])
    #expect(times([7, nil, 7.08, nil, 7.16]) == [0, 0.04, 0.08, 0.12, 0.16])
    #expect(times([nil, 100, 100.04]) == [0, 0.04, 0.08])
  }

  @Test("a clock that wraps or is set back goes on from where it was")
  func survivesWrap() {
    #expect(times([95443.68, 95443.72, 0, 0.04]) == [0, 0.04, 0.08, 0.12])
  }

  @Test("a leap beyond the longest gap is a broken clock, a pause in a file is not")
  func tellsLeapsFromPauses() {
    #expect(times([0, 0.04, 500, 500.04]) == [0, 0.04, 0.08, 0.12])
    #expect(times([0, 0.04, 500, 500.04], gap: .infinity) == [0, 0.04, 500, 500.04])
  }

  @Test("small steps back hold the time still and leave no drift")
  func holdsOnJitter() { #expect(times([0, 0.04, 0.03, 0.08, 0.12]) == [0, 0.04, 0.04, 0.08, 0.12]) }

  @Test("never decreases, never is absurd, for any sequence of timestamps")
  func neverDecreases() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let stamps: [Double?] = (0..<50).map { _ in
        switch Int.random(in: 0..<6, using: &random) {
        case 0: nil
        case 1: Double.random(in: -1e12...1e12, using: &random)
        case 2: .nan
        default: Double.random(in: 0...10, using: &random)
        }
      }
      let result = times(stamps)
      #expect(zip(result, result.dropFirst()).allSatisfy { $0 <= $1 } && result.allSatisfy { $0.isFinite && $0 >= 0 })
    }
  }
}
