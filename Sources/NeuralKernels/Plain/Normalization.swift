import Glibc

/// `y = x * scale + shift` over one line.
public func scaleAndShift(
  _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, scale: Float, shift: Float, count: Int
) {
  let (s, t) = (splat(scale), splat(shift))
  var i = 0
  while i + 8 <= count {
    store(t.addingProduct(load(x + i), s), y + i)
    i += 8
  }
  while i < count {
    y[i] = x[i] * scale + shift
    i += 1
  }
}

/// Brings one plane to mean 0 and variance 1, then to `scale` and `bias`.
public func normalizePlane(
  _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, scale: Float, bias: Float, epsilon: Float, count: Int
) {
  guard count > 0 else { return }
  let (mean, variance) = moments(x, count: count)
  let factor = scale / (variance + epsilon).squareRoot()
  for i in 0..<count { y[i] = (x[i] - mean) * factor + bias }
}

/// Local response normalisation across channels, for pixels `pixels` of one image of (C, plane):
/// y = x / (bias + alpha / size · Σ x²)^beta, the sum over the `size` channels around each.
public func normalizeAcrossChannels(
  _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, channels: Int, plane: Int, pixels: Range<Int>, size: Int,
  alpha: Float, beta: Float, bias: Float
) {
  let before = (size - 1) / 2
  let after = size - 1 - before
  for channel in 0..<channels {
    let window = max(0, channel - before)...min(channels - 1, channel + after)
    for pixel in pixels {
      var sum: Float = 0
      for other in window {
        let value = x[other * plane + pixel]
        sum += value * value
      }
      y[channel * plane + pixel] = x[channel * plane + pixel] / powf(bias + alpha / Float(size) * sum, beta)
    }
  }
}
