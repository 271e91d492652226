/// A change of colour as another camera, another light or another compression make it.
struct ColourShift: Sendable, Hashable {
  /// Added to red, green and blue, in levels of 0...255.
  var offset = SIMD4<Float>(0, 0, 0, 0)
  /// Factor of the distance from middle grey.
  var contrast: Float = 1
  /// Factor of the distance from the pixel's own grey.
  var saturation: Float = 1

  /// - Parameter strength: 0 for none, 1 for what one notices at once.
  init(strength: Double, using random: inout SeededRandom) {
    if random.chance(0.7) {
      offset = SIMD4(
        Float(20 * strength * random.uniform(-1, 1)), Float(20 * strength * random.uniform(-1, 1)),
        Float(20 * strength * random.uniform(-1, 1)), 0)
    }
    if random.chance(0.6) {
      contrast = Float(1 + 0.15 * strength * random.uniform(-1, 1))
      offset += SIMD4(SIMD3(repeating: Float(14 * strength * random.uniform(-1, 1))), 0)
    }
    if random.chance(0.5) { saturation = Float(max(0, 1 + 0.35 * strength * random.uniform(-1, 1))) }
  }

  func apply(to canvas: Canvas) -> Canvas {
    let grey = SIMD4<Float>(0.299, 0.587, 0.114, 0)
    let shift = offset + SIMD4(repeating: 128 * (1 - contrast))
    return canvas.map { pixel in
      let moved = pixel * contrast + shift
      let level = SIMD4(repeating: (moved * grey).sum())
      return (level + (moved - level) * saturation).inPixelRange
    }
  }
}

/// Gives a face the colours of another: mean and standard deviation of each channel inside a region
/// (Reinhard et al. 2001, in RGB).
enum ColourMatching {
  /// - Parameters:
  ///   - share: 1 matches fully, 0 leaves the colours as they are.
  /// - Returns: `source`, its statistics where `region` is above one half brought to those of `target`.
  static func match(_ source: Canvas, to target: Canvas, in region: Plane, share: Float) -> Canvas {
    guard let own = statistics(of: source, in: region), let wanted = statistics(of: target, in: region) else {
      return source
    }
    let ratio = (wanted.deviation / (own.deviation + 1e-3)).held(from: 0.6, to: 1.6)
    let factor = SIMD4(repeating: 1 - share) + ratio * share
    let offset = (wanted.mean - own.mean) * share
    return source.map { pixel in
      ((pixel - own.mean) * factor + own.mean + offset).inPixelRange
    }
  }

  /// Nil for a region of fewer than 30 pixels.
  private static func statistics(
    of canvas: Canvas, in region: Plane
  ) -> (mean: SIMD4<Float>, deviation: SIMD4<Float>)? {
    var (sum, squares) = (SIMD4<Float>.zero, SIMD4<Float>.zero)
    var count: Float = 0
    let (pixels, weights) = (canvas.pixels.span, region.pixels.span)
    for index in 0..<pixels.count where weights[index] > 0.5 {
      // About middle grey, so that single precision suffices.
      let value = pixels[index] - 128
      sum += value
      squares += value * value
      count += 1
    }
    guard count >= 30 else { return nil }
    let mean = sum / count
    let variance = pointwiseMax(squares / count - mean * mean, .zero)
    return (mean + 128, variance.squareRoot())
  }
}
