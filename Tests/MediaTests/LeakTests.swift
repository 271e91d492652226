import Foundation
import Testing

@testable import Media

@Suite("Nothing is left behind", .serialized)
struct LeakTests {
  @Test("memory does not grow in fifty rounds of opening and closing, in a process of their own")
  func memoryStays() async {
    await #expect(processExitsWith: .success) {
      func round() {
        for name in ["clip.mp4", "clip.ts", "cut.mp4", "still.jpg", "text.mp4", "cover.mp3", "playlist.m3u8"] {
          guard let reader = try? Clips.reader(name) else { continue }
          var held: [Frame] = []
          while held.count < 5, let frame = try? reader.next() { held.append(frame) }
          _ = held.first?.pixels(PixelSize(width: 48, height: 48))
        }
      }
      for _ in 0..<10 { round() }
      let memory = LeakTests.residentBytes
      for _ in 0..<50 { round() }
      let grown = LeakTests.residentBytes - memory
      // Fifty rounds of one lost frame each would be more.
      precondition(grown < 4 << 20, "\(grown) bytes are left")
    }
  }

  @Test("a frame outlives its reader, and is gone when let go")
  func framesOutliveReaders() throws {
    var frame: Frame? = try Clips.reader("clip.mp4").next()
    let values = try #require(frame).pixels(PixelSize(width: 4, height: 4))
    #expect(values.allSatisfy { $0 > 0 })
    weak let watched = frame
    frame = nil
    #expect(watched == nil)
  }

  @Test("live frames and descriptors return to where they were, in a process of their own")
  func countsReturn() async {
    await #expect(processExitsWith: .success) {
      func round() {
        for name in ["clip.mp4", "cut.mkv", "text.mp4", "still.png"] {
          guard let reader = try? Clips.reader(name) else { continue }
          while let frame = try? reader.next() { precondition(frame.byteCount > 0) }
        }
      }
      round()
      let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
      for _ in 0..<50 { round() }
      let after = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
      precondition(Frame.liveCount == 0, "\(Frame.liveCount) frames are left")
      precondition(after <= before, "\(after - before) descriptors are left")
    }
  }

  fileprivate static var residentBytes: Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
  }
}

@Suite("SHA256")
struct SHA256Tests {
  @Test("agrees with the published digests of the empty message, \"abc\" and a million times \"a\"")
  func agreesWithPublished() throws {
    for (text, digest) in [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ] {
      let path = "/tmp/unmask-digest-\(getpid())-\(text.utf8.count)"
      try text.write(toFile: path, atomically: false, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: path) }
      #expect(try SHA256.hexDigest(ofFile: path) == digest)
    }
  }

  @Test("a missing file is not found")
  func missing() {
    #expect { try SHA256.hexDigest(ofFile: "/nonexistent") } throws: { ($0 as? MediaError)?.code == .notFound }
  }
}

@Suite("FFmpeg's messages", .serialized)
struct LogTests {
  @Test("reach whoever asks for them, without the password")
  func areRedacted() throws {
    let lines = Lines()
    FFmpegLog.receive { _, line in lines.append(line) }
    defer { FFmpegLog.receive(with: nil) }
    let location = Location("http://bob:Zq98secret@127.0.0.1:1/none.mp4")
    _ = try? VideoReader(location)
    #expect(!lines.all.isEmpty)
    #expect(lines.all.allSatisfy { !$0.contains("Zq98secret") })
  }

  private final class Lines: @unchecked Sendable {
    // Unchecked: guarded by `lock`.
    private let lock = NSLock()
    private var lines: [String] = []
    func append(_ line: String) { lock.withLock { lines.append(line) } }
    var all: [String] { lock.withLock { lines } }
  }
}
