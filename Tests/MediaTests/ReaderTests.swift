import Media
import Testing

struct ExpectedClip: Sendable, CustomTestStringConvertible {
  let name: String
  let size: PixelSize
  let frames: Int
  let last: Double
  var isStill = false
  var testDescription: String { name }

  init(_ name: String, _ width: Int, _ height: Int, frames: Int, last: Double, isStill: Bool = false) {
    self.name = name
    size = PixelSize(width: width, height: height)
    self.frames = frames
    self.last = last
    self.isStill = isStill
  }
}

private let clips = [
  ExpectedClip("clip.mp4", 320, 240, frames: 50, last: 1.96),
  ExpectedClip("clip.mkv", 320, 240, frames: 50, last: 1.96),
  ExpectedClip("clip.ts", 320, 240, frames: 50, last: 1.96),
  ExpectedClip("clip.webm", 320, 240, frames: 50, last: 1.96),
  ExpectedClip("clip.avi", 320, 240, frames: 50, last: 1.96),
  ExpectedClip("clip.gif", 160, 120, frames: 20, last: 1.9),
  ExpectedClip("clip.h264", 320, 240, frames: 50, last: 1.96),
  ExpectedClip("mpeg2.ts", 160, 120, frames: 10, last: 1.8),
  ExpectedClip("late-start.ts", 320, 240, frames: 50, last: 1.96),
  ExpectedClip("edit-list.mp4", 320, 240, frames: 37, last: 1.44),
  ExpectedClip("vfr.mp4", 320, 240, frames: 12, last: 1.8),
  ExpectedClip("rotated-90.mp4", 240, 320, frames: 50, last: 1.96),
  ExpectedClip("rotated-180.mp4", 320, 240, frames: 50, last: 1.96),
  ExpectedClip("rotated-270.mp4", 240, 320, frames: 50, last: 1.96),
  ExpectedClip("wide-pixels.mp4", 427, 240, frames: 50, last: 1.96),
  ExpectedClip("ten-bit.mp4", 320, 240, frames: 10, last: 0.36),
  ExpectedClip("interlaced.mp4", 320, 240, frames: 25, last: 0.96),
  ExpectedClip("odd.mp4", 321, 241, frames: 10, last: 0.36),
  ExpectedClip("sequence/img%04d.png", 320, 240, frames: 7, last: 0.24),
  ExpectedClip("still.png", 320, 240, frames: 1, last: 0, isStill: true),
  ExpectedClip("still.jpg", 320, 240, frames: 1, last: 0, isStill: true),
  ExpectedClip("still.bmp", 320, 240, frames: 1, last: 0, isStill: true),
  ExpectedClip("still.tiff", 320, 240, frames: 1, last: 0, isStill: true),
  ExpectedClip("still.webp", 320, 240, frames: 1, last: 0, isStill: true),
]

@Suite("VideoReader")
struct ReaderTests {
  @Test("reads every container, still and sequence to its last frame", arguments: clips)
  func readsToTheEnd(clip: ExpectedClip) throws {
    let reader = try Clips.reader(clip.name)
    let (frames, error) = reader.drained()
    #expect(error == nil)
    #expect(frames.count == clip.frames)
    #expect(frames.first?.time == 0)
    #expect(abs((frames.last?.time ?? -1) - clip.last) < 1e-6)
    #expect(frames.allSatisfy { $0.size == clip.size })
    #expect(reader.info.isStill == clip.isStill)
    #expect(reader.info.size == clip.size)
    #expect(!reader.info.isLive)
  }
}
