internal import Media

/// A face on which a fake is made: a square canvas and the five landmarks in it.
struct Subject {
  var canvas: Canvas
  var points: FacePoints
  var outline: FaceOutline { FaceOutline(points) }
}

/// What makes a fake out of a subject: a source to blend in, and where.
struct Overlay {
  /// What the fake keeps outside the weight, and the real picture of the pair.
  var base: Canvas
  /// What is blended in, aligned with the base.
  var source: Canvas
  /// 0 keeps the base, 1 takes the source.
  var weight: Plane

  var fake: Canvas { base.blended(with: source, weight: weight) }
}

/// How a source differs in texture from what surrounds it: it was enlarged, smoothed, sharpened, compressed, or has
/// another noise.
enum TextureChange {
  /// - Parameter strength: 0 for none, 1 for what one notices at once.
  static func apply(
    to canvas: Canvas, strength: Double, using random: inout SeededRandom, _ tools: ForgeTools
  ) throws(MediaError) -> Canvas {
    switch random.unit() {
    case ..<0.4:
      let share = max(0.2, 1 - strength * random.uniform(0.2, 0.65))
      return canvas.throughScale(
        share, down: random.pick(Interpolation.allCases), up: random.pick([.linear, .cubic]), tools.sampler)
    case ..<0.55: return canvas.blurred(sigma: max(0.3, strength * random.uniform(0.4, 1.5)))
    case ..<0.75:
      return sharpened(canvas, amount: Float(strength * random.uniform(0.3, 1.2)), sigma: random.uniform(0.7, 2))
    case ..<0.88:
      let quality = Int(95 - strength * random.uniform(10, 60))
      return Canvas(try tools.decoder.picture(from: try canvas.picture.encoded(as: .jpeg(quality: quality))))
    default: return noisy(canvas, sigma: Float(strength * random.uniform(2, 7)), seed: random.next())
    }
  }

  /// Unsharp masking.
  static func sharpened(_ canvas: Canvas, amount: Float, sigma: Double) -> Canvas {
    let soft = canvas.blurred(sigma: sigma)
    var result = canvas
    for index in result.pixels.indices {
      let sharp = canvas.pixels[index] + (canvas.pixels[index] - soft.pixels[index]) * amount
      result.pixels[index] = sharp.inPixelRange
    }
    return result
  }

  /// Adds noise of standard deviation `sigma`, nearly Gaussian (a sum of uniform numbers), the same for the same seed.
  static func noisy(_ canvas: Canvas, sigma: Float, seed: UInt64) -> Canvas {
    var random = SeededRandom(seed: seed)
    // Four bytes in -127.5...127.5 summed up have a standard deviation of 147.8.
    let scale = sigma / 147.8
    return canvas.map { pixel in
      let (a, b) = (random.next(), random.next())
      func draw(_ shift: UInt64) -> Float {
        let sum = (a >> shift) & 255 &+ (a >> (shift + 8)) & 255 &+ (b >> shift) & 255 &+ (b >> (shift + 8)) & 255
        return (Float(sum) - 510) * scale
      }
      return (pixel + SIMD4(draw(0), draw(16), draw(32), 0)).inPixelRange
    }
  }
}

/// What one thread keeps for making fakes.
final class ForgeTools {
  let sampler = PictureSampler()
  let decoder = PictureDecoder()
}
