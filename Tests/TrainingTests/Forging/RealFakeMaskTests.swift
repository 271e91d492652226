import Faces
import Foundation
import Media
import Neural
import Testing

@testable import Training

@Suite("Pairs and masks from clips")
struct RealFakeMaskTests {
  private let folder = NSTemporaryDirectory() + "clips-\(UUID().uuidString)"

  /// The astronaut for two seconds, as `filter` shows her.
  private func clip(_ name: String, _ filter: String, crf: Int = 18) throws -> String {
    let path = "\(folder)/\(name)"
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    let ffmpeg = Process()
    ffmpeg.executableURL = URL(filePath: "/usr/bin/env")
    ffmpeg.arguments = [
      "ffmpeg", "-nostdin", "-v", "error", "-loop", "1", "-r", "10", "-i",
      try ForgeFixture.cached("media/astronaut.png"),
      "-t", "2", "-vf", filter, "-c:v", "libx264", "-crf", "\(crf)", "-pix_fmt", "yuv420p", path,
    ]
    try ffmpeg.run()
    ffmpeg.waitUntilExit()
    try #require(ffmpeg.terminationStatus == 0)
    return path
  }

  private func pairs(_ real: String, _ fake: String) throws -> RealFakeMasks.Found {
    try RealFakeMasks(models: ForgeFixture.models.get(), size: 256).pairs(real: real, fake: fake)
  }

  /// What of the frame the pictures show, as scanning cuts it.
  private func square(_ clip: String) throws -> Rectangle {
    let frame = try #require(try VideoReader(Location(clip)).next())
    let detector = FaceDetector(
      models: try ForgeFixture.models.get(), minimumFace: .shareOfHeight(0.08), workspace: Workspace())
    let face = try #require(try detector.faces(in: frame).faces.first)
    return FaceCrop(around: face.box, scale: 1.3, within: frame.size).area
  }

  /// Over mouth and chin, in pixels of the frame.
  private static let patch = (x: 205.0, y: 130.0, width: 48.0, height: 32.0)
  private static let painted = "drawbox=x=205:y=130:w=48:h=32:color=0x30A040:t=fill"

  @Test(
    "mark what was painted over a face, also where the copy is moved, lighter and more compressed",
    arguments: ["null", "crop=510:509:0:3,pad=512:512:2:0", "lutrgb=r=val+9:g=val+9:b=val+9"])
  func painted(change: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let real = try clip("real.mp4", "null")
    let found = try pairs(real, clip("fake.mp4", "\(Self.painted),\(change)", crf: 26))
    try #require(found.pairs.count >= 4)
    let square = try square(real)
    let scale = 256 / square.width
    let (left, top) = ((Self.patch.x - square.x) * scale, (Self.patch.y - square.y) * scale)
    let (right, bottom) = (left + Self.patch.width * scale, top + Self.patch.height * scale)
    for pair in found.pairs {
      #expect(pair.kind == .genuine && pair.side == 256 && pair.identity == "fake.mp4")
      var (both, either) = (0, 0)
      for y in 0..<256 {
        for x in 0..<256 {
          let isPainted =
            left <= Double(x) + 0.5 && Double(x) + 0.5 < right && top <= Double(y) + 0.5 && Double(y) + 0.5 < bottom
          let isMarked = pair.mask[y * 256 + x] == 1
          if isPainted && isMarked { both += 1 }
          if isPainted || isMarked { either += 1 }
        }
      }
      #expect(Double(both) > 0.75 * Double(either), "\(both) of \(either)")
    }
  }

  @Test("are none of a copy that was only compressed, and none of another scene, and that is told")
  func none() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let real = try clip("real.mp4", "null")
    let compressed = try pairs(real, clip("compressed.mp4", "null", crf: 30))
    #expect(compressed.pairs.isEmpty && compressed.unchanged >= 4)
    let other = try pairs(real, clip("other.mp4", "hflip,negate"))
    #expect(other.pairs.isEmpty && other.unmatched >= 4)
    let faceless = try pairs(clip("faceless.mp4", "crop=150:150:350:20"), clip("copy.mp4", "crop=150:150:350:20"))
    #expect(faceless.pairs.isEmpty && faceless.withoutFace >= 4)
  }

  @Test("are found by the names that two folders share")
  func folders() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["real/a.mp4", "real/sub/b.mp4", "real/only.mp4", "fake/a.mp4", "fake/sub/b.mp4", "fake/else.mp4"] {
      let path = "\(folder)/\(name)"
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data().write(to: URL(filePath: path))
    }
    let found = try RealFakeMasks.clips(real: folder + "/real", fake: folder + "/fake")
    #expect(found.map(\.real) == ["a.mp4", "sub/b.mp4"].map { "\(folder)/real/\($0)" })
    #expect(found.map(\.fake) == ["a.mp4", "sub/b.mp4"].map { "\(folder)/fake/\($0)" })
    for (real, fake) in [("real", "real/a.mp4"), ("real", "fake/sub"), ("real", "nowhere")] {
      #expect(throws: ForgeError.self) { try RealFakeMasks.clips(real: "\(folder)/\(real)", fake: "\(folder)/\(fake)") }
    }
  }
}
