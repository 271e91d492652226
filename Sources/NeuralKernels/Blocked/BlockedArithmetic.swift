/// The mean over `pixels` pixels of one block: eight numbers.
public func averageBlock(_ source: UnsafePointer<Float>, pixels: Int, _ target: UnsafeMutablePointer<Float>) {
  var sums = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
  var pixel = 0
  while pixel + 4 <= pixels {
    sums.0 += load(source, pixel * 8)
    sums.1 += load(source, pixel * 8 + 8)
    sums.2 += load(source, pixel * 8 + 16)
    sums.3 += load(source, pixel * 8 + 24)
    pixel += 4
  }
  while pixel < pixels {
    sums.0 += load(source, pixel * 8)
    pixel += 1
  }
  store(((sums.0 + sums.1) + (sums.2 + sums.3)) / Float(max(pixels, 1)), target)
}

/// Every pixel of one block times the eight numbers at `factors`.
public func scaleBlock(
  _ source: UnsafePointer<Float>, by factors: UnsafePointer<Float>, pixels: Int, _ target: UnsafeMutablePointer<Float>
) {
  let scale = load(factors)
  for pixel in 0..<pixels { store(load(source, pixel * 8) * scale, target, pixel * 8) }
}

/// The eight numbers at `source` times `factor`, to every pixel of one block, written or added.
public func spreadBlock(
  _ source: UnsafePointer<Float>, factor: Float, adding: Bool, pixels: Int, _ target: UnsafeMutablePointer<Float>
) {
  let value = load(source) * factor
  for pixel in 0..<pixels { store(adding ? load(target, pixel * 8) + value : value, target, pixel * 8) }
}
