import Testing

@testable import Media

@Suite("What need not be decoded")
struct DecodePlanTests {
  /// Frames by time, with a small picture of each.
  private func frames(_ name: String, _ sampling: Sampling) throws -> (times: [Double], pixels: [[Float]], decoded: Int)
  {
    let reader = try Clips.reader(name, ReaderOptions(sampling: sampling))
    var times: [Double] = []
    var pixels: [[Float]] = []
    let sampler = FrameSampler()
    while let frame = try? reader.next() {
      times.append(frame.time)
      pixels.append(frame.pixels(PixelSize(width: 16, height: 12), sampler: sampler))
    }
    #expect(reader.counters.decoded == reader.counters.sampled + reader.counters.skipped)
    return (times, pixels, reader.counters.decoded)
  }

  @Test(
    "never changes which frames are sampled, nor a pixel of them",
    arguments: [
      "clip.mp4", "clip.mkv", "clip.ts", "clip.webm", "clip.avi", "clip.h264", "clip.gif", "vfr.mp4", "edit-list.mp4",
      "late-start.ts", "mpeg2.ts", "interlaced.mp4", "ten-bit.mp4",
    ], [0.4, 0.7, 3, 5, 12])
  func exact(name: String, rate: Double) throws {
    let all = try frames(name, .everyFrame)
    var schedule = SamplingSchedule(.rate(rate))
    let wanted = all.times.indices.filter { schedule.takes(frameAt: all.times[$0]) }
    let found = try frames(name, .rate(rate))
    #expect(found.times == wanted.map { all.times[$0] })
    #expect(found.pixels == wanted.map { all.pixels[$0] })
  }

  @Test("leaves out frames that no other refers to, and what lies before the next key frame that is needed")
  func saves() throws {
    let all = try frames("demo.mp4", .everyFrame)
    let some = try frames("demo.mp4", .rate(3))
    let few = try frames("demo.mp4", .rate(0.1))
    #expect(some.decoded < all.decoded * 3 / 4)
    #expect(few.decoded < some.decoded / 2)
    var schedule = SamplingSchedule(.rate(0.1))
    #expect(few.times == all.times.filter { schedule.takes(frameAt: $0) })
  }

  @Test("does not take a whole file for one that is cut short", arguments: [0.1, 0.5, 3])
  func ends(rate: Double) throws {
    for name in ["clip.mkv", "demo.mp4", "clip.mp4"] {
      #expect(try Clips.reader(name, ReaderOptions(sampling: .rate(rate))).drained().error == nil, "\(name)")
    }
    #expect(try Clips.reader("demo.mp4", ReaderOptions(sampling: .keyFrames)).drained().error == nil)
    let cut = try Clips.reader("cut.mkv", ReaderOptions(sampling: .rate(rate))).drained()
    #expect(cut.error?.code == .truncated)
  }

  @Test("looks closely within ranges that begin with key frames, and at key frames elsewhere")
  func closer() throws {
    let keys = try frames("clip.mp4", .keyFrames).times
    let range = keys[1]...keys[3]
    let found = try frames("clip.mp4", .closer(5, within: [range]))
    let all = try frames("clip.mp4", .everyFrame)
    var schedule = SamplingSchedule(.rate(5))
    let expected = all.times.filter { time in
      range.contains(time) ? schedule.takes(frameAt: time) : keys.contains(time)
    }
    #expect(found.times == expected)
    #expect(found.pixels == expected.map { time in all.pixels[all.times.firstIndex(of: time)!] })
    #expect(found.decoded < all.decoded)
  }

  @Test("passes packets over until the key frame that was aimed at")
  func skips() {
    var plan = DecodePlan(.rate(1))
    #expect(plan.step(presentedAt: 0, by: 0, isKey: true) == .decode)
    #expect(plan.step(presentedAt: 0.5, by: 0.5, isKey: false) == .decodeIfReferred)
    #expect(plan.step(presentedAt: nil, by: nil, isKey: false) == .decode)
    // Decoded later, presented earlier: that is the one to look at.
    #expect(plan.step(presentedAt: 1.4, by: 0.6, isKey: false) == .decode)
    #expect(plan.step(presentedAt: 1.1, by: 0.7, isKey: false) == .decode)
    #expect(plan.step(presentedAt: 1.2, by: 0.8, isKey: false) == .decodeIfReferred)
    plan.skip(to: 4)
    #expect(plan.step(presentedAt: 2, by: 1.9, isKey: false) == .skip)
    #expect(plan.step(presentedAt: 3, by: 3, isKey: true) == .skip)
    #expect(plan.step(presentedAt: 4, by: 4, isKey: true) == .begin)
    #expect(plan.step(presentedAt: 4.1, by: 4.1, isKey: false) == .decodeIfReferred)
  }

  @Test("tells media from other files by their first bytes")
  func probes() throws {
    for name in [
      "clip.mp4", "clip.mkv", "clip.webm", "clip.avi", "clip.gif", "clip.ts", "still.png", "still.jpg", "still.webp",
    ] {
      #expect(MediaProbe.isMedia(try Clips.path(name)), "\(name)")
    }
    for name in ["text.mp4", "empty.mp4", "playlist.m3u8", "demo.truth.json", "cover.mp3"] {
      #expect(!MediaProbe.isMedia(try Clips.path(name)), "\(name)")
    }
    #expect(!MediaProbe.isMedia("/nowhere/at/all"))
    #expect(!MediaProbe.isMedia("/dev/null"))
  }
}
