import CFFmpeg
import Testing

@testable import Media

@Suite("Decoding only what is due")
struct WaitingPacketsTests {
  private func read(_ name: String, rate: Double, whenDue: Bool) throws -> (frames: [Frame], counters: DecodeCounters) {
    var options = ReaderOptions(sampling: .rate(rate))
    options.decodesWhenDue = whenDue
    let reader = try Clips.reader(name, options)
    let (frames, error) = reader.drained()
    #expect(error == nil)
    return (frames, reader.counters)
  }

  @Test(
    "changes no picture that is taken, and the counts balance",
    arguments: ["camera.mp4", "camera.ts", "clip.mp4", "clip.webm", "vfr.mp4", "mpeg2.ts"], [0.7, 1, 2, 3, 12, 25])
  func samePictures(name: String, rate: Double) throws {
    let all = try read(name, rate: rate, whenDue: false)
    let due = try read(name, rate: rate, whenDue: true)
    #expect(due.frames.map(\.time) == all.frames.map(\.time))
    let size = PixelSize(width: 40, height: 30)
    for (one, other) in zip(due.frames, all.frames) { #expect(one.pixels(size) == other.pixels(size)) }
    // How many others were decoded is what it may change.
    for counters in [due.counters, all.counters] { #expect(counters.decoded == counters.sampled + counters.skipped) }
    #expect(due.counters.packets == all.counters.packets)
    #expect(due.counters.sampled == all.counters.sampled)
  }

  @Test("passes over what lies between a sample and the next key picture")
  func passesOver() throws {
    // Two seconds, a key picture every 0.4: at one sample a second few of the fifty pictures are needed.
    let keyPicture = try #require(Self.keyPicture(AV_CODEC_ID_H264, [1, 100, 0, 31, 0xFF, 0xE1, 0, 0]))
    var packets = WaitingPackets(
      keyPicture: keyPicture, clock: PresentationClock(start: 0, frameDuration: 0.04, longestGap: .infinity),
      schedule: SamplingSchedule(.rate(1)))
    var passed = 0
    var decoded = 0
    for index in 0..<50 {
      let unit = try Packet([0, 0, 0, 3, index.isMultiple(of: 10) ? 0x65 : 0x41, 0, 0])
      unsafe unit.base.pointee.flags = index.isMultiple(of: 10) ? AV_PKT_FLAG_KEY : 0
      passed += unsafe packets.add(unit.base, stamp: Double(index) * 0.04)
      while packets.next() != nil { decoded += 1 }
    }
    passed += packets.finish()
    #expect(decoded + passed == 50)
    // The first, and from the key picture at 0.8 s to the sample at 1 s.
    #expect(decoded == 1 + 6)
  }

  @Test("decodes everything at once when pictures come in another order than they are shown in")
  func stepsAside() throws {
    let keyPicture = try #require(Self.keyPicture(AV_CODEC_ID_H264, [1, 100, 0, 31, 0xFF, 0xE1, 0, 0]))
    var packets = WaitingPackets(
      keyPicture: keyPicture, clock: PresentationClock(start: 0, frameDuration: 0.04, longestGap: .infinity),
      schedule: SamplingSchedule(.rate(1)))
    for stamp in [0.0, 0.16, 0.08, 0.04, 0.12, 0.32] {
      let unit = try Packet([0, 0, 0, 3, 0x65, 0, 0])
      unsafe unit.base.pointee.flags = AV_PKT_FLAG_KEY
      _ = unsafe packets.add(unit.base, stamp: stamp)
    }
    var decoded = 0
    while packets.next() != nil { decoded += 1 }
    #expect(decoded >= 5)
  }

  /// Codec parameters with these extra bytes, asked for their key pictures.
  private static func keyPicture(_ codec: AVCodecID, _ extra: [UInt8]) -> KeyPicture? {
    var parameters = unsafe AVCodecParameters()
    unsafe parameters.codec_id = codec
    var extra = extra
    return unsafe extra.withUnsafeMutableBufferPointer { extra in
      unsafe parameters.extradata = extra.baseAddress
      unsafe parameters.extradata_size = Int32(extra.count)
      return unsafe KeyPicture(&parameters)
    }
  }

  private static func isKey(_ picture: KeyPicture, _ packet: [UInt8]) -> Bool { picture.isKey(packet.span) }

  @Test("knows the pictures from which a decoder can begin by their units, not by the container's word")
  func keyPictures() throws {
    let lengths = try #require(Self.keyPicture(AV_CODEC_ID_H264, [1, 100, 0, 31, 0xFF, 0xE1, 0, 0]))
    let codes = try #require(Self.keyPicture(AV_CODEC_ID_H264, [0, 0, 0, 1, 0x67, 0, 0, 0]))
    let hevc = try #require(Self.keyPicture(AV_CODEC_ID_HEVC, [0, 0, 0, 1, 0x40, 1]))
    #expect(Self.isKey(lengths, [0, 0, 0, 2, 0x09, 0x10, 0, 0, 0, 2, 0x65, 0x88]))
    #expect(!Self.isKey(lengths, [0, 0, 0, 2, 0x06, 0x06, 0, 0, 0, 2, 0x41, 0x88]))
    #expect(Self.isKey(codes, [0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 1, 0, 0, 1, 0x65, 0x88]))
    #expect(!Self.isKey(codes, [0, 0, 0, 1, 0x06, 6, 0, 0, 1, 0x41, 0x9A]))
    #expect(Self.isKey(hevc, [0, 0, 0, 1, 0x26, 1, 0xAF]))
    #expect(!Self.isKey(hevc, [0, 0, 0, 1, 0x2A, 1, 0xAF]), "a clean random access picture")
    #expect(Self.keyPicture(AV_CODEC_ID_MPEG4, []) == nil)
    // Hostile: lengths that lead beyond the packet, and nothing at all.
    for bytes: [UInt8] in [[], [0], [0xFF, 0xFF, 0xFF, 0xFF, 0x65], [0, 0, 0, 0], [0, 0, 1]] {
      _ = Self.isKey(lengths, bytes)
      _ = Self.isKey(codes, bytes)
    }
  }
}
