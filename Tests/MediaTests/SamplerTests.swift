import Media
import Testing

struct Reference: Sendable, CustomTestStringConvertible {
  let clip: String
  let size: PixelSize
  var prefix = ""
  var area: Rectangle?
  /// Mean difference allowed, in levels of 255.
  var tolerance = 0.7
  var testDescription: String { prefix + clip }

  init(
    _ clip: String, _ width: Int, _ height: Int, prefix: String = "", area: Rectangle? = nil, tolerance: Double = 0.7
  ) {
    self.clip = clip
    size = PixelSize(width: width, height: height)
    self.prefix = prefix
    self.area = area
    self.tolerance = tolerance
  }
}

private let references =
  [
    Reference("clip.mp4", 96, 72),
    Reference("rotated-90.mp4", 72, 96),
    Reference("rotated-180.mp4", 96, 72),
    Reference("rotated-270.mp4", 72, 96),
    Reference("wide-pixels.mp4", 128, 72),
    Reference("odd.mp4", 97, 73),
    Reference("ten-bit.mp4", 96, 72),
    // ffmpeg's field filter leaves out that the first field lies a quarter of its rows higher.
    Reference("interlaced.mp4", 96, 72, tolerance: 3),
    // swscale widens five bits differently on the way to a smaller picture and to one of the same size.
    Reference("raw-rgb565le.nut", 96, 72, tolerance: 4),
    Reference("bt601-tv.mp4", 96, 72),
    Reference("bt709-tv.mp4", 96, 72),
    Reference("bt709-pc.mp4", 96, 72),
    Reference("bt2020-tv.mp4", 96, 72),
    Reference("palette.png", 96, 72),
    Reference("grey.png", 96, 72),
    Reference("still.png", 96, 72),
    Reference("clip.mp4", 48, 48, prefix: "crop-", area: Rectangle(x: 60, y: 40, width: 100, height: 80)),
    Reference("clip.mp4", 160, 120, prefix: "enlarge-", area: Rectangle(x: 100, y: 80, width: 40, height: 30)),
  ]
  + [
    "yuv420p", "yuv422p", "yuv444p", "nv12", "yuyv422", "yuv420p10le", "yuv422p10le", "gbrp", "rgb24", "bgr24", "rgba",
    "bgra", "gray", "gray10le", "yuv420p10be",
  ].map { Reference("raw-\($0).nut", 96, 72) }

@Suite("FrameSampler")
struct SamplerTests {
  @Test("agrees with swscale's area and bilinear scaling, whatever the pixel format", arguments: references)
  func agreesWithSwscale(reference: Reference) throws {
    let frame = try #require(try Clips.reader(reference.clip).next())
    let ours = frame.pixels(reference.size, area: reference.area)
    let theirs = try Clips.bytes(of: "reference/\(reference.prefix)\(reference.clip)-\(reference.size).rgb")
    try #require(theirs.count == ours.count)
    let plane = reference.size.pixels
    var sum = 0.0
    var worst = 0.0
    for pixel in 0..<plane {
      for channel in 0..<3 {
        let difference = abs(Double(ours[channel * plane + pixel]) - Double(theirs[3 * pixel + channel]))
        sum += difference
        worst = max(worst, difference)
      }
    }
    #expect(sum / Double(3 * plane) < reference.tolerance)
    // Without subsampled chroma, whose place swscale takes to be elsewhere, nothing but rounding is left.
    if ["still.png", "odd.mp4", "bt709-pc.mp4", "raw-rgba.nut"].contains(reference.clip) { #expect(worst < 0.65) }
  }

  @Test("turning the picture turns the samples, exactly", arguments: [("90", 3), ("180", 2), ("270", 1)])
  func turns(angle: String, quarterTurns: Int) throws {
    let upright = try #require(try Clips.reader("clip.mp4").next())
    let turned = try #require(try Clips.reader("rotated-\(angle).mp4").next())
    let (width, height) = (13, 9)
    let straight = upright.pixels(PixelSize(width: width, height: height))
    let isSideways = quarterTurns % 2 == 1
    let size = isSideways ? PixelSize(width: height, height: width) : PixelSize(width: width, height: height)
    let result = turned.pixels(size)
    for channel in 0..<3 {
      for y in 0..<height {
        for x in 0..<width {
          // Where the upright sample goes when the picture is turned clockwise.
          let (tx, ty) =
            switch quarterTurns {
            case 1: (height - 1 - y, x)
            case 2: (width - 1 - x, height - 1 - y)
            default: (y, width - 1 - x)
            }
          let a = straight[channel * width * height + y * width + x]
          let b = result[channel * width * height + ty * size.width + tx]
          #expect(abs(a - b) < 0.01)
        }
      }
    }
  }

  @Test("pixels outside the picture are the given value, before mean and scale")
  func fillsOutside() throws {
    let frame = try #require(try Clips.reader("grey.png").next())
    let size = PixelSize(width: 20, height: 10)
    // The left half lies outside; so do all pixels of the second area.
    let half = frame.pixels(size, area: Rectangle(x: -100, y: 20, width: 200, height: 100), outside: 200)
    let inside = frame.pixels(PixelSize(width: 10, height: 10), area: Rectangle(x: 0, y: 20, width: 100, height: 100))
    for channel in 0..<3 {
      for y in 0..<10 {
        for x in 0..<10 {
          #expect(half[channel * 200 + y * 20 + x] == 200)
          #expect(abs(half[channel * 200 + y * 20 + 10 + x] - inside[channel * 100 + y * 10 + x]) < 0.01)
        }
      }
    }
    let nowhere = frame.pixels(size, area: Rectangle(x: 900, y: -900, width: 10.5, height: 33), outside: 7)
    #expect(nowhere.allSatisfy { $0 == 7 })
    // An edge sample that is half outside is half of each.
    let edge = frame.pixels(
      PixelSize(width: 1, height: 1), area: Rectangle(x: -10, y: 0, width: 20, height: 20), outside: 0)
    let corner = frame.pixels(PixelSize(width: 1, height: 1), area: Rectangle(x: 0, y: 0, width: 10, height: 20))
    #expect(abs(edge[0] - corner[0] / 2) < 0.01)
  }

  @Test("mean and scale are applied to each value")
  func normalises() throws {
    let frame = try #require(try Clips.reader("clip.mp4").next())
    let size = PixelSize(width: 7, height: 5)
    let plain = frame.pixels(size)
    var values = [Float](repeating: 0, count: plain.count)
    var span = values.mutableSpan
    FrameSampler().sample(
      Rectangle(frame.size), of: frame, to: size, mean: 127.5, scale: 0.0078125, outside: 0, into: &span)
    for (value, raw) in zip(values, plain) { #expect(abs(value - (raw - 127.5) * 0.0078125) < 1e-5) }
  }

  @Test("any fractional area and any size stay within 0...255", arguments: 1...17)
  func staysInRange(width: Int) throws {
    let frame = try #require(try Clips.reader("odd.mp4").next())
    let sampler = FrameSampler()
    for (x, side) in [(-7.3, 13.9), (300.2, 41.7), (0.5, 320.5), (12.25, 0.4), (-400, 1300)] {
      let size = PixelSize(width: width, height: 18 - width)
      let values = frame.pixels(
        size, area: Rectangle(x: x, y: x / 2, width: side, height: side * 0.7), sampler: sampler)
      #expect(values.allSatisfy { (0...255).contains($0) })
    }
  }
}
