import Foundation
import Testing

@testable import Media

@Suite("Sections of a long recording")
struct SectionTests {
  private struct Read: Equatable {
    var times: [Double] = []
    var pixels: [[Float]] = []
    var counters = [0, 0, 0, 0]
    var error: MediaError.Code?
    var sections = 1
  }

  /// Everything that one reader finds.
  private func whole(_ path: String, _ sampling: Sampling) throws -> Read {
    let reader = try VideoReader(Location(path), options: ReaderOptions(sampling: sampling))
    var read = Read()
    add(reader, to: &read)
    return read
  }

  /// The same, section by section; those behind the first from the last one on, if `backwards`.
  private func divided(_ path: String, _ sampling: Sampling, backwards: Bool = false) throws -> Read {
    let options = ReaderOptions(sampling: sampling)
    let reader = try VideoReader(Location(path), options: options)
    var parts = [Read()]
    var rest: [Section] = []
    add(reader, to: &parts[0]) { rest = reader.divide() }
    parts += rest.map { _ in Read() }
    var isFollowed = [reader.endsWithSection] + rest.map { _ in false }
    for section in backwards ? rest.reversed() : rest {
      let reader = try VideoReader(Location(path), section: section, options: options)
      add(reader, to: &parts[section.number])
      isFollowed[section.number] = reader.endsWithSection
    }
    var read = Read()
    read.sections = rest.count + 1
    let last = isFollowed.firstIndex(of: false)
    for part in parts[...(last ?? rest.count)] {
      read.times += part.times
      read.pixels += part.pixels
      read.counters = zip(read.counters, part.counters).map { $0 + $1 }
      read.error = part.error
    }
    #expect(last != nil, "the last section ends the recording")
    return read
  }

  private func add(_ reader: VideoReader, to read: inout Read, atFirst: () -> Void = {}) {
    let sampler = FrameSampler()
    do throws(MediaError) {
      while let frame = try reader.next() {
        if read.times.isEmpty { atFirst() }
        read.times.append(frame.time)
        read.pixels.append(frame.pixels(PixelSize(width: 16, height: 12), sampler: sampler))
      }
    } catch {
      read.error = error.code
    }
    let counters = reader.counters
    #expect(counters.decoded == counters.sampled + counters.skipped)
    read.counters = [counters.decoded, counters.sampled, counters.skipped, counters.corrupt]
  }

  /// Outside of the expectation, which would print every pixel.
  private func isSame(_ one: Read, _ other: Read) -> Bool { one == other }

  @Test(
    "read one by one, and in any order, give the frames of the whole to the pixel",
    arguments: ["long.mp4", "long.mkv", "long-open.mp4"],
    [.rate(3), .everyFrame, .keyFrames, .closer(5, within: [20...44, 62.5...90])] as [Sampling])
  func same(name: String, sampling: Sampling) throws {
    let path = try Clips.path(name)
    let expected = try whole(path, sampling)
    var found = try divided(path, sampling)
    #expect(found.sections >= 3)
    let backwards = try divided(path, sampling, backwards: true)
    #expect(isSame(backwards, found))
    found.sections = 1
    #expect(isSame(found, expected), "\(found.times) against \(expected.times)")
  }

  @Test("end where a file is cut short, with what was there and the same complaint", arguments: [0.4, 0.75])
  func cut(share: Double) throws {
    for name in ["long.mp4", "long.mkv"] {
      let bytes = try Clips.bytes(of: name)
      try withFile(bytes.prefix(Int(Double(bytes.count) * share))) { path in
        let expected = try whole(path, .rate(3))
        #expect(expected.error == .truncated)
        var found = try divided(path, .rate(3))
        found.sections = 1
        #expect(isSame(found, expected), "\(name)")
      }
    }
  }

  @Test("come out the same in any order, damaged or not", arguments: 1...6 as ClosedRange<UInt64>)
  func damaged(seed: UInt64) throws {
    var bytes = try Clips.bytes(of: "long.mp4")
    var state = seed
    for _ in 0..<200 {
      // Knuth's linear congruential generator, MMIX.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // The index lies at the beginning and stays sound.
      bytes[200_000 + Int((state >> 33) % UInt64(bytes.count - 200_000))] ^= UInt8(truncatingIfNeeded: state >> 24) | 1
    }
    try withFile(bytes[...]) { path in
      let found = try divided(path, .rate(5))
      let backwards = try divided(path, .rate(5), backwards: true)
      #expect(found.sections >= 3 && found.counters[3] > 0)
      #expect(isSame(backwards, found))
    }
  }

  private func withFile(_ bytes: ArraySlice<UInt8>, _ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "section-\(UUID().uuidString)").path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test("are not drawn in short files, in those without an index or stamps, nor where frames are limited")
  func undivided() throws {
    for name in ["demo.mp4", "clip.mkv", "long.ts", "long.avi"] {
      #expect(try divided(Clips.path(name), .rate(3)).sections == 1, "\(name)")
    }
    var options = ReaderOptions(sampling: .rate(3))
    options.limits.frames = 1_000_000
    let reader = try Clips.reader("long.mp4", options)
    _ = try reader.next()
    #expect(reader.divide().isEmpty)
  }

  @Test("begin at slots, half a minute and a megabyte apart, at most 500 of them, whatever the index claims")
  func division() {
    func division(_ keys: [(Double, Int64)], duration: Double, _ sampling: Sampling = .rate(3)) -> [Section] {
      Section.division(
        at: keys.map { Section.IndexedKey(order: $0.0, position: $0.1) }, zero: 2, after: 0.1, duration: duration,
        sampling)
    }
    let regular = (0..<400).map { (2 + Double($0), Int64($0) * 100_000) }
    let sections = division(regular, duration: 400)
    #expect(sections.count == 13)
    #expect(sections.first?.begin == -.infinity && sections.last?.end == .infinity)
    for (one, next) in zip(sections, sections.dropFirst()) {
      #expect(one.end == next.begin && next.number == one.number + 1)
      #expect(next.begin - max(one.begin, 0) >= 30)
      #expect((next.begin * 3).rounded() == next.begin * 3)
      #expect(next.entry.map { $0.order - 2 + 1 <= next.begin } == true)
    }
    #expect(division(regular.map { ($0.0, $0.1 / 1000) }, duration: 400).isEmpty)
    #expect(division(regular, duration: 50).isEmpty)
    let many = (0..<100_000).map { (Double($0) * 31, Int64($0) << 21) }
    #expect(division(many, duration: 3_100_000).count <= 500)
    let hostile: [(Double, Int64)] = [
      (.infinity, 1 << 40), (-.infinity, 0), (.nan, 5 << 20), (1e300, 1 << 30), (-1e300, .max), (50, .min), (60, .max),
    ]
    for section in division(hostile, duration: 1e12) { #expect(!section.begin.isNaN && section.begin < section.end) }
    #expect(division(regular, duration: .infinity).isEmpty)
  }

  @Test("share no sampling slot, also where stamps are rounded to milliseconds", arguments: [3, 7, 29.97, 0.3])
  func slots(rate: Double) {
    let sampling = Sampling.rate(rate)
    let bound = sampling.slotStart(from: 61.234)
    let before = Section(number: 0, begin: -.infinity, end: bound, entry: nil)
    let behind = Section(number: 1, begin: bound, end: .infinity, entry: nil)
    for step in -2000...2000 {
      let time = ((bound + Double(step) / 10_000) * 1000).rounded() / 1000
      #expect((before.place(of: time, sampling) == .within) == (behind.place(of: time, sampling) == .before))
      let slot = SamplingSchedule.slot(of: time, rate) ?? .nan
      #expect((slot >= (bound * rate).rounded()) == (behind.place(of: time, sampling) == .within))
    }
  }
}
