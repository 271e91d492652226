import Media
import Testing

@Suite("PictureSampler")
struct PictureSamplerTests {
  private let picture = PictureTests.soft(90, 60)

  @Test("at its own size a picture stays as it is", arguments: Interpolation.allCases)
  func identity(interpolation: Interpolation) {
    #expect(picture.resized(to: picture.size, by: interpolation) == picture)
  }

  @Test("shrinking by areas is the mean of what each pixel covers")
  func averages() {
    let small = picture.resized(to: PixelSize(width: 30, height: 20))
    for (x, y) in [(0, 0), (7, 11), (29, 19)] {
      for channel in 0..<3 {
        var sum = 0
        for j in 0..<3 { for i in 0..<3 { sum += Int(picture[3 * x + i, 3 * y + j][channel]) } }
        #expect(abs(Double(sum) / 9 - Double(small[x, y][channel])) <= 0.51)
      }
    }
  }

  @Test("enlarging a soft picture and shrinking it again gives it back", arguments: Interpolation.allCases)
  func thereAndBack(interpolation: Interpolation) {
    let large = picture.resized(to: PixelSize(width: 270, height: 180), by: interpolation)
    #expect(PictureTests.mean(large.resized(to: picture.size), picture) < 1)
  }

  @Test("Keys' cubic gives straight lines back exactly, away from the edges")
  func cubicIsExactOnLines() {
    var ramp = Picture(size: PixelSize(width: 40, height: 4))
    for y in 0..<4 { for x in 0..<40 { ramp[x, y] = SIMD3(repeating: UInt8(5 * x)) } }
    let large = ramp.resized(to: PixelSize(width: 80, height: 4), by: .cubic)
    for x in 10..<70 { #expect(abs(Double(large[x, 2].x) - 5 * (Double(x) / 2 - 0.25)) <= 0.8) }
  }

  @Test("an area beyond the edges goes on with the edge's pixels")
  func repeatsEdges() {
    let part = PictureSampler().sample(
      Rectangle(x: -10, y: -10, width: 20, height: 20), of: picture, to: PixelSize(width: 20, height: 20))
    #expect(part[0, 0] == picture[0, 0])
    #expect(part[15, 15] == picture[5, 5])
  }
}
