import Foundation
import Testing

@testable import Media

@Suite("The last packets of a source")
struct PacketHistoryTests {
  private func read(_ name: String, seconds: Double, mostBytes: Int = .max, frames: Int = .max) throws -> PacketHistory
  {
    let history = PacketHistory(seconds: seconds, mostBytes: mostBytes)
    let reader = try VideoReader(Location(Clips.path(name)), history: history)
    var count = 0
    while count < frames, try reader.next() != nil { count += 1 }
    return history
  }

  /// The frames of a clip written to disk and read again.
  private func frames(_ clip: [UInt8], _ kind: String) throws -> (frames: [Frame], container: String) {
    let path = NSTemporaryDirectory() + "unmask-clip-" + UUID().uuidString + "." + kind
    defer { try? FileManager.default.removeItem(atPath: path) }
    try AtomicFile.write(clip, to: path)
    let reader = try VideoReader(Location(path))
    let (frames, error) = reader.drained()
    #expect(error == nil)
    return (frames, reader.info.container)
  }

  @Test(
    "come out as a clip with the very pictures of the source",
    arguments: [
      ("clip.mp4", "mp4"), ("clip.ts", "mp4"), ("clip.mkv", "mp4"), ("clip.webm", "mkv"), ("clip.avi", "mp4"),
      ("mpeg2.ts", "mp4"), ("rotated-90.mp4", "mp4"),
    ])
  func samePictures(name: String, kind: String) throws {
    let history = try read(name, seconds: 1000)
    #expect(history.fileExtension == kind)
    let (cut, container) = try frames(try history.clip(from: 0, to: 1000), kind)
    #expect(container.contains(kind == "mp4" ? "mp4" : "matroska"))
    let (source, _) = try Clips.reader(name).drained()
    #expect(cut.count == source.count && cut.first?.size == source.first?.size)
    let size = PixelSize(width: 40, height: 30)
    for (one, other) in zip(cut, source) { #expect(one.pixels(size) == other.pixels(size)) }
    for (one, other) in zip(cut, source) { #expect(abs(one.time - other.time) < 0.05) }
  }

  @Test("begin at the key frame before the moment that is asked for, and end where they shall")
  func cuts() throws {
    // A key frame every ten of fifty frames, 25 a second.
    let history = try read("clip.mp4", seconds: 1000)
    #expect(abs(history.now - 49.0 / 25) < 0.2)
    let (cut, _) = try frames(try history.clip(from: 1.0, to: 1.5), "mp4")
    #expect(cut.first?.isKeyFrame == true)
    #expect((13...24).contains(cut.count), "\(cut.count) frames")
  }

  @Test("are let go by whole groups when they are too old or too many")
  func forgets() throws {
    let (cut, _) = try frames(try read("clip.mp4", seconds: 0.5).clip(from: -1, to: 1000), "mp4")
    #expect(cut.first?.isKeyFrame == true && (13...23).contains(cut.count), "\(cut.count) frames")
    let small = try read("clip.mp4", seconds: 1000, mostBytes: 30_000)
    #expect((1...30_000).contains(small.byteCount))
    let (rest, _) = try frames(try small.clip(from: -1, to: 1000), "mp4")
    #expect(rest.first?.isKeyFrame == true && rest.count < 50)
    let tiny = try read("clip.mp4", seconds: 1000, mostBytes: 100)
    #expect(tiny.byteCount <= 100)
  }

  @Test("make no clip when there are none")
  func empty() {
    #expect(throws: MediaError.self) { try PacketHistory(seconds: 5).clip(from: 0, to: 5) }
    #expect(PacketHistory(seconds: 5).fileExtension == nil)
  }
}

@Suite("Stamps of packets")
struct PacketStampTests {
  @Test("on one clock that never goes back, whatever the source's own does")
  func clock() {
    var clock = PacketClock(rate: 90_000, step: 3600)
    let stamps: [Int64?] = [
      1_001_000, 1_004_600, nil, 1_011_800, 1_011_000, 5, 3605, 90_000_000, 90_003_600, .max, 0, .min,
    ]
    let places = stamps.map { clock.place($0) }
    #expect(places.prefix(5) == [0, 3600, 7200, 10_800, 10_800])
    #expect(places[5...8] == [14_400, 18_000, 21_600, 25_200])
    #expect(zip(places, places.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("rise strictly, and show no picture before it is decoded, however wild they are")
  func fit() {
    var seed: UInt64 = 1
    func random(_ range: Range<Int64>) -> Int64 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return range.lowerBound + Int64(seed >> 33) % Int64(range.count)
    }
    for _ in 0..<500 {
      let stamps: [(decoding: Int64?, presentation: Int64?)] = (0..<random(1..<40)).map { index in
        let place = index * 3600
        return (
          random(0..<2) == 0 ? nil : place + random(-9000..<9000),
          random(0..<4) == 0 ? nil : place + random(-9000..<20_000)
        )
      }
      let fitted = PacketStamps.fit(stamps, step: 3600)
      #expect(fitted.count == stamps.count && fitted[0].decoding == 0)
      #expect(zip(fitted, fitted.dropFirst()).allSatisfy { $0.decoding < $1.decoding })
      #expect(fitted.allSatisfy { $0.presentation >= $0.decoding })
    }
  }

  @Test("that are sound stay as they are")
  func soundStamps() {
    let sound: [(decoding: Int64?, presentation: Int64?)] = [(0, 2), (1, 5), (2, 3), (3, 4)]
    #expect(PacketStamps.fit(sound, step: 1).map(\.presentation) == [2, 5, 3, 4])
    let shown: [(decoding: Int64?, presentation: Int64?)] = [(nil, 0), (nil, 3), (nil, 1), (nil, 2)]
    let fitted = PacketStamps.fit(shown, step: 1)
    #expect(zip(fitted, fitted.dropFirst()).allSatisfy { $1.presentation - $0.presentation != 0 })
    #expect(fitted.map { $0.presentation - fitted[0].presentation } == [0, 3, 1, 2])
  }
}
