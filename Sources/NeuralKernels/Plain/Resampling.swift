/// Resamples the middle axis of (length, inner): each output line is a weighted sum of `taps` input lines.
///
/// - Parameters:
///   - indices: for output position i, the input positions `indices[i * taps ..< (i + 1) * taps]`.
///   - weights: their weights, in the same order.
public func resampleAxis(
  _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, indices: UnsafePointer<Int>,
  weights: UnsafePointer<Float>, taps: Int, positions: Int, inner: Int
) {
  for position in 0..<positions {
    let lines = indices + position * taps
    let factors = weights + position * taps
    let out = y + position * inner
    if inner == 1 {
      var sum: Float = 0
      for tap in 0..<taps { sum += factors[tap] * x[lines[tap]] }
      out[0] = sum
      continue
    }
    scaleAndShift(x + lines[0] * inner, out, scale: factors[0], shift: 0, count: inner)
    for tap in 1..<max(taps, 1) where factors[tap] != 0 {
      let line = x + lines[tap] * inner
      let factor = splat(factors[tap])
      var i = 0
      while i + 8 <= inner {
        store(load(out + i).addingProduct(factor, load(line + i)), out + i)
        i += 8
      }
      while i < inner {
        out[i] += factors[tap] * line[i]
        i += 1
      }
    }
  }
}
