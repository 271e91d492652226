import Glibc
import Testing

@testable import Media

@Suite("Bad input")
struct BadInputTests {
  private func openError(_ name: String) throws -> MediaError? {
    let path = name.hasPrefix("/") ? name : try Clips.path(name)
    do throws(MediaError) {
      _ = try VideoReader(Location(path))
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "each kind of unusable file has its own code and one sentence that names it",
    arguments: [
      ("empty.mp4", MediaError.Code.notMedia), ("text.mp4", .notMedia), ("sound.m4a", .noVideo),
      ("cover.mp3", .noVideo),
      ("cover.m4a", .noVideo), ("cut-before-moov.mp4", .truncated), ("/nonexistent/film.mp4", .notFound),
      ("/tmp", .notMedia), ("/dev/null", .badLocation), ("/nonexistent/img%03d.png", .notFound),
    ])
  func tellsApart(name: String, code: MediaError.Code) throws {
    let error = try #require(try openError(name))
    #expect(error.code == code)
    #expect(error.message.contains(name) && !error.message.contains("\n"))
  }

  @Test(
    "a playlist on disk is never followed, whatever its name",
    arguments: [
      "playlist.m3u8", "playlist-http.mp4", "concat.mp4", "session.mp4",
    ])
  func playlistsAreNotFollowed(name: String) throws {
    let error = try #require(try openError(name))
    #expect(error.code == .notMedia)
    #expect(error.message.contains("playlist"))
  }

  @Test("no protocol and no playlist format is open to a file")
  func whitelists() {
    #expect(FormatRules.protocols(for: .file).isEmpty && FormatRules.protocols(for: .standardInput).isEmpty)
    for playlist in ["hls", "concat", "dash", "sdp", "rtsp", "image2", "lavfi", "tty", "imf"] {
      #expect(!FormatRules.allows(playlist, for: .file))
    }
    #expect(!FormatRules.protocols(for: .http).contains("file") && !FormatRules.protocols(for: .rtsp).contains("file"))
  }

  @Test("a file cut short delivers its frames, then says so once", arguments: ["cut.mp4", "cut.mkv"])
  func deliversThenThrows(name: String) throws {
    let reader = try Clips.reader(name)
    let (frames, error) = reader.drained()
    #expect(frames.count > 10 && frames.count < 50)
    #expect(error?.code == .truncated)
    #expect(try reader.next() == nil)
    #expect(reader.counters.decoded == reader.counters.sampled + reader.counters.skipped)
  }

  @Test("a picture cut short is delivered, flagged, and reported")
  func flagsCutPicture() throws {
    let reader = try Clips.reader("cut.jpg")
    let (frames, error) = reader.drained()
    #expect(frames.count == 1 && frames[0].isCorrupt && reader.counters.corrupt == 1)
    #expect(error?.code == .truncated)
  }

  @Test(
    "pictures past the limit are refused, in every kind of container",
    arguments: [
      "clip.mp4", "clip.ts", "clip.h264", "still.png", "still.jpg", "still.tiff", "clip.gif", "sequence/img%04d.png",
    ])
  func limitsPixels(name: String) throws {
    var options = ReaderOptions()
    options.limits.pixels = 160 * 119
    do throws(MediaError) {
      let reader = try VideoReader(Location(Clips.directory + "/" + name), options: options)
      let (frames, error) = reader.drained()
      #expect(frames.isEmpty)
      #expect(error?.code == .tooLarge)
    } catch {
      #expect(error.code == .tooLarge, "\(error)")
    }
  }

  @Test("a change of size on the way shows in the frames")
  func followsSizeChange() throws {
    let frames = try Clips.reader("size-change.h264").drained().frames
    #expect(Set(frames.map(\.size)) == [PixelSize(width: 320, height: 240), PixelSize(width: 480, height: 352)])
    #expect(frames.count == 20)
  }

  @Test(
    "any file with bytes changed or cut off ends in frames or an error, never in a trap",
    arguments: [
      "clip.mp4", "clip.mkv", "clip.ts", "clip.avi", "clip.gif", "still.png", "still.jpg", "still.tiff", "still.bmp",
    ])
  func survivesDamage(name: String) throws {
    let sound = try Clips.bytes(of: name)
    var random = LinearRandom(seed: 7)
    for round in 0..<12 {
      var bytes = sound
      for _ in 0..<(1 + round * 4) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      if round % 3 == 0 { bytes.removeLast(random.below(bytes.count)) }
      let path = "/tmp/unmask-damaged-\(getpid())-\(name)"
      write(bytes, to: path)
      defer { _ = unsafe unlink(path) }
      guard let reader = try? VideoReader(Location(path)) else { continue }
      let (frames, _) = reader.drained()
      for frame in frames.prefix(3) { _ = frame.pixels(PixelSize(width: 9, height: 5)) }
      #expect(reader.counters.decoded == reader.counters.sampled + reader.counters.skipped)
    }
  }

  private func write(_ bytes: [UInt8], to path: String) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    #expect(unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
  }
}

/// Knuth's MMIX generator: the same damage in every run.
struct LinearRandom {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func below(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return limit > 0 ? Int(state >> 33) % limit : 0
  }
}
