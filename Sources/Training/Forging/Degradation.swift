internal import Media

/// What happens to a picture between camera and viewer: colour, scaling, blur, noise, JPEG, H.264. One draw serves the
/// real and the fake picture of a pair, or a detector would learn the difference in compression.
struct Degradation: Sendable, Hashable {
  var colour: ColourShift?
  /// Standard deviation in pixels.
  var blur: Double?
  /// Share of the size it is shrunk to before it is enlarged again.
  var scale: Double?
  var down = Interpolation.area
  var up = Interpolation.linear
  /// Standard deviation in levels of 0...255, and what its grains are drawn from.
  var noise: Float?
  var noiseSeed: UInt64 = 0
  /// JPEG's quality.
  var quality: Int?
  /// H.264's rate factor, and by how many pixels the picture moves from frame to frame.
  var rateFactor: Double?
  var drift = SIMD2<Int>(0, 0)

  /// None.
  init() {}

  /// - Parameters:
  ///   - strength: 1 for all that happens on the way through platforms and messengers, towards 0 for pristine.
  ///   - withVideo: whether H.264 may be among them.
  init(strength: Double, withVideo: Bool, using random: inout SeededRandom) {
    if random.chance(0.5) { colour = ColourShift(strength: 0.9 * strength, using: &random) }
    if random.chance(0.3) {
      scale = 1 - strength * random.uniform(0.05, 0.6)
      down = random.pick(Interpolation.allCases)
      up = random.pick([.linear, .cubic])
    }
    if random.chance(0.15) { blur = random.uniform(0.3, 0.3 + strength) }
    if random.chance(0.2) {
      noise = Float(random.uniform(1, 1 + 5 * strength))
      noiseSeed = random.next()
    }
    let (isVideo, isPhoto) = (random.chance(0.35), random.chance(0.65))
    if isVideo, withVideo {
      rateFactor = random.uniform(18, 18 + 22 * strength)
      drift = SIMD2(random.integer(-2, 2), random.integer(-1, 1))
    } else if isPhoto || isVideo {
      quality = Int(95 - strength * random.uniform(0, 65))
    }
  }

  func apply(to canvas: Canvas, _ tools: ForgeTools) throws(MediaError) -> Picture {
    var canvas = canvas
    if let colour { canvas = colour.apply(to: canvas) }
    if let scale { canvas = canvas.throughScale(scale, down: down, up: up, tools.sampler) }
    if let blur { canvas = canvas.blurred(sigma: blur) }
    if let noise { canvas = TextureChange.noisy(canvas, sigma: noise, seed: noiseSeed) }
    var picture = canvas.picture
    if let quality { picture = try tools.decoder.picture(from: try picture.encoded(as: .jpeg(quality: quality))) }
    if let rateFactor { picture = try filmed(picture, rateFactor) }
    return picture
  }

  /// The last of three frames, the picture having drifted to its place: predicted from the others, as most frames are.
  private func filmed(_ picture: Picture, _ rateFactor: Double) throws(MediaError) -> Picture {
    let frames = (-2...0).map { picture.cropped(x: $0 * drift.x, y: $0 * drift.y, to: picture.size) }
    return try H264RoundTrip(constantRateFactor: rateFactor).recoded(frames)[2]
  }
}
