import Media
import Testing

@Suite("H264RoundTrip", .enabled(if: H264RoundTrip.isAvailable))
struct H264RoundTripTests {
  /// A picture that moves a little from frame to frame.
  private static func film(_ width: Int, _ height: Int, frames: Int = 4) -> [Picture] {
    let large = PictureTests.soft(width + 8, height + 8)
    return (0..<frames).map { large.cropped(x: $0, y: $0 / 2, to: PixelSize(width: width, height: height)) }
  }

  @Test("gives every picture back in its size, the nearer the lower the rate factor", arguments: [(96, 64), (97, 65)])
  func roundTrip(width: Int, height: Int) throws {
    let film = Self.film(width, height)
    let errors = try [18.0, 30, 45].map { factor in
      let recoded = try H264RoundTrip(constantRateFactor: factor).recoded(film)
      #expect(recoded.count == film.count)
      #expect(recoded.allSatisfy { $0.size == film[0].size })
      return zip(film, recoded).map { PictureTests.mean($0, $1) }.max() ?? .infinity
    }
    #expect(errors[0] < 4)
    #expect(errors[0] < errors[1] && errors[1] < errors[2])
  }

  @Test("the order is kept where frames are predicted from both sides")
  func keepsOrder() throws {
    let film = Self.film(96, 64, frames: 8)
    var roundTrip = H264RoundTrip(constantRateFactor: 15)
    roundTrip.bidirectionalFrames = 2
    let recoded = try roundTrip.recoded(film)
    for (index, picture) in recoded.enumerated() {
      let errors = film.map { PictureTests.mean(picture, $0) }
      #expect(errors.firstIndex(of: errors.min() ?? 0) == index)
    }
  }

  @Test("the same pictures give the same bytes")
  func repeatable() throws {
    let film = Self.film(96, 64)
    let roundTrip = H264RoundTrip(constantRateFactor: 28)
    #expect(try roundTrip.recoded(film) == roundTrip.recoded(film))
  }
}
