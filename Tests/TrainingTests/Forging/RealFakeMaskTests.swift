import Faces
import Foundation
import Media
import Neural
import Testing

@testable import Training

@Suite("The mask between a frame and its manipulated copy")
struct DifferenceMaskTests {
  private let real = ForgeFixture.canvas(90, 70, seed: 1).blurred(sigma: 3).picture

  private func changed(_ area: (x: Int, y: Int, width: Int, height: Int), by levels: Int) -> Picture {
    var fake = real
    let width = fake.width
    fake.withMutableBytes { bytes in
      for y in area.y..<area.y + area.height {
        for x in area.x..<area.x + area.width {
          let place = 3 * (y * width + x) + 1
          bytes[place] = UInt8(clamping: Int(bytes[place]) + levels)
        }
      }
    }
    return fake
  }

  @Test("is the changed area, but for the two pixels that the blur takes or gives", arguments: [40, 90, -80])
  func area(levels: Int) {
    let mask = DifferenceMask(real: real, fake: changed((20, 10, 40, 30), by: levels))
    for y in 0..<mask.height {
      for x in 0..<mask.width {
        let isInside = (22..<58).contains(x) && (12..<38).contains(y)
        let isOutside = !(18..<62).contains(x) || !(8..<42).contains(y)
        let value = mask.pixels[y * mask.width + x]
        #expect(isInside ? value == 1 : !isOutside || value == 0, "\(x), \(y)")
      }
    }
  }

  @Test("has no part of fewer than 100 pixels, and is empty for equal frames")
  func parts() {
    #expect(!DifferenceMask(real: real, fake: real).pixels.contains(1))
    #expect(!DifferenceMask(real: real, fake: changed((20, 10, 5, 5), by: 80)).pixels.contains(1))
    var isSet = [Bool](repeating: false, count: 60 * 40)
    for y in 2..<12 { for x in 3..<13 { isSet[y * 60 + x] = true } }  // 100 pixels
    for y in 20..<31 { for x in 40..<49 { isSet[y * 60 + x] = true } }  // 99
    // Corner to corner is one part.
    for y in 12..<20 { isSet[y * 60 + y + 1] = true }
    let kept = DifferenceMask.largeParts(isSet, width: 60, height: 40)
    #expect(kept.count { $0 == 1 } == 108)
    #expect(kept[25 * 60 + 44] == 0 && kept[19 * 60 + 20] == 1)
  }

  @Test("does not count a change of colour that holds for the whole frame, when it is told of it")
  func offset() {
    let lighter = changed((0, 0, 90, 70), by: 25)
    #expect(DifferenceMask(real: real, fake: lighter).pixels.contains(1))
    #expect(!DifferenceMask(real: real, fake: lighter, offset: SIMD3(0, 25, 0)).pixels.contains(1))
  }

  @Test(
    "has the threshold that parts two groups best, held to 10 to 40", arguments: [(2, 30), (5, 60), (1, 200), (0, 4)])
  func threshold(low: Int, high: Int) {
    let distances = (0..<900).map { Float($0 % 3 == 0 ? high : low) + 0.3 }
    let chosen = DifferenceMask.threshold(of: distances)
    #expect(DifferenceMask.thresholds.contains(chosen))
    if high > 10 { #expect(Float(low) + 0.3 <= chosen && chosen <= Float(high) + 0.3) }
  }
}

@Suite("The alignment of a frame and its manipulated copy")
struct FrameAlignmentTests {
  @Test("finds shift and change of colour by the rim alone", arguments: [(0, 0), (3, -2), (-4, 4), (1, 4)])
  func shifted(x: Int, y: Int) {
    let (side, reach) = (80, 4)
    let wide = ForgeFixture.canvas(140, 140, seed: 2).blurred(sigma: 2)
    let real = wide.picture.cropped(x: 30, y: 30, to: PixelSize(width: side, height: side))
    // Manipulated in the middle, and elsewhere 8 levels lighter.
    var altered = wide.map { $0 + SIMD4(8, 8, 0, 0) }
    for j in 45..<95 { for i in 45..<95 { altered[i, j] = SIMD4(255, 0, 255, 0) } }
    let fake = altered.picture.cropped(
      x: 30 - reach - x, y: 30 - reach - y, to: PixelSize(width: side + 2 * reach, height: side + 2 * reach))
    let found = FrameAlignment(real: real, fake: fake, reach: reach)
    #expect(found.shift == SIMD2(x, y))
    #expect(abs(found.offset.x - 8) <= 1 && abs(found.offset.y - 8) <= 1 && abs(found.offset.z) <= 1)
    #expect(found.remaining < 2)
  }

  @Test("leaves much between frames of different scenes")
  func different() {
    let (one, other) = (ForgeFixture.canvas(60, 60, seed: 3).picture, ForgeFixture.canvas(68, 68, seed: 4).picture)
    #expect(FrameAlignment(real: one, fake: other, reach: 4).remaining > FrameAlignment.limit)
  }
}

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
