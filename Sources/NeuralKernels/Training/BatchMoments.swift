// Batch normalization while training, on the blocked layout: moments over all pixels of all images, one normalization
// fused with ReLU, and its gradient in two passes. All work on one block (eight channels) of one image at a time.

/// Mean and sum of squared deviations of the `pixels` pixels of one block: eight means, then eight sums, at `target`.
///
/// Sums are taken about the first pixel, so that a large mean does not drown the deviations, in single precision
/// over 256 pixels at a time and in double precision beyond.
public func blockMoments(_ source: UnsafePointer<Float>, pixels: Int, _ target: UnsafeMutablePointer<Float>) {
  let origin = load(source)
  var sums = SIMD8<Double>.zero
  var squares = SIMD8<Double>.zero
  var pixel = 0
  while pixel < pixels {
    let end = min(pixel + 256, pixels)
    var (s0, s1, s2, s3) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    var (q0, q1, q2, q3) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    while pixel + 4 <= end {
      let x0 = load(source, pixel * 8) - origin, x1 = load(source, pixel * 8 + 8) - origin
      let x2 = load(source, pixel * 8 + 16) - origin, x3 = load(source, pixel * 8 + 24) - origin
      s0 += x0
      s1 += x1
      s2 += x2
      s3 += x3
      q0 = fma(x0, x0, q0)
      q1 = fma(x1, x1, q1)
      q2 = fma(x2, x2, q2)
      q3 = fma(x3, x3, q3)
      pixel += 4
    }
    while pixel < end {
      let x = load(source, pixel * 8) - origin
      s0 += x
      q0 = fma(x, x, q0)
      pixel += 1
    }
    sums += SIMD8<Double>((s0 + s1) + (s2 + s3))
    squares += SIMD8<Double>((q0 + q1) + (q2 + q3))
  }
  let count = Double(max(pixels, 1))
  store(Vector(SIMD8<Double>(origin) + sums / count), target)
  store(Vector(squares - sums * sums / count), target, 8)
}

/// Moments of eight channels over `images` blocks of `pixels` pixels each, from those of the blocks, which lie `stride`
/// floats apart (Chan, Golub and LeVeque's update for equal counts): mean and variance, the latter divided by the
/// number of pixels.
public func joinMoments(
  _ parts: UnsafePointer<Float>, stride: Int, images: Int, pixels: Int, mean: UnsafeMutablePointer<Float>,
  variance: UnsafeMutablePointer<Float>
) {
  var center = SIMD8<Double>.zero
  for image in 0..<images { center += SIMD8<Double>(load(parts, image * stride)) }
  center /= Double(max(images, 1))
  var squares = SIMD8<Double>.zero
  for image in 0..<images {
    let distance = SIMD8<Double>(load(parts, image * stride)) - center
    squares += SIMD8<Double>(load(parts, image * stride + 8)) + distance * distance * Double(pixels)
  }
  store(Vector(center), mean)
  store(Vector(squares / Double(max(images * pixels, 1))), variance)
}

/// The parameters of eight channels of a normalization: y = (x − mean) · scale + shift.
public struct LaneNormalization {
  public let mean: SIMD8<Float>
  public let scale: SIMD8<Float>
  public let shift: SIMD8<Float>

  /// `scale`: the trained factor over the standard deviation.
  public init(mean: SIMD8<Float>, scale: SIMD8<Float>, shift: SIMD8<Float>) {
    (self.mean, self.scale, self.shift) = (mean, scale, shift)
  }

  @inline(__always)
  func apply(_ x: Vector) -> Vector { fma(x - mean, scale, shift) }
}

/// Normalizes one block, and rectifies it if `rectifies`.
public func normalizeBlock(
  _ source: UnsafePointer<Float>, _ lanes: LaneNormalization, rectifies: Bool, pixels: Int,
  _ target: UnsafeMutablePointer<Float>
) {
  if rectifies {
    for pixel in 0..<pixels {
      let y = lanes.apply(load(source, pixel * 8))
      store(y.replacing(with: Vector.zero, where: y .< Vector.zero), target, pixel * 8)
    }
  } else {
    for pixel in 0..<pixels { store(lanes.apply(load(source, pixel * 8)), target, pixel * 8) }
  }
}

/// Σ dz and Σ dz · (x − mean) of one block, eight sums each, at `target`; dz is `dy` where the normalized value passes
/// the rectifier, if there is one, else 0. The value is computed anew from `x`: cheaper than reading it.
public func normalizationSums(
  x: UnsafePointer<Float>, dy: UnsafePointer<Float>, _ lanes: LaneNormalization, rectifies: Bool, pixels: Int,
  _ target: UnsafeMutablePointer<Float>
) {
  if rectifies {
    normalizationSums(x, dy, lanes, isRectified: true, pixels, target)
  } else {
    normalizationSums(x, dy, lanes, isRectified: false, pixels, target)
  }
}

@inline(__always)
private func normalizationSums(
  _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ lanes: LaneNormalization, isRectified: Bool, _ pixels: Int,
  _ target: UnsafeMutablePointer<Float>
) {
  var sums = SIMD8<Double>.zero
  var products = SIMD8<Double>.zero
  var pixel = 0
  while pixel < pixels {
    let end = min(pixel + 256, pixels)
    var (s0, s1, p0, p1) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    while pixel < end {
      let x0 = load(x, pixel * 8) - lanes.mean
      var d0 = load(dy, pixel * 8)
      if isRectified { d0 = Vector.zero.replacing(with: d0, where: fma(x0, lanes.scale, lanes.shift) .> Vector.zero) }
      s0 += d0
      p0 = fma(d0, x0, p0)
      pixel += 1
      if pixel == end { break }
      let x1 = load(x, pixel * 8) - lanes.mean
      var d1 = load(dy, pixel * 8)
      if isRectified { d1 = Vector.zero.replacing(with: d1, where: fma(x1, lanes.scale, lanes.shift) .> Vector.zero) }
      s1 += d1
      p1 = fma(d1, x1, p1)
      pixel += 1
    }
    sums += SIMD8<Double>(s0 + s1)
    products += SIMD8<Double>(p0 + p1)
  }
  store(Vector(sums), target)
  store(Vector(products), target, 8)
}

/// dx = scale · (dz − offset − (x − mean) · slope) of one block, dz as in `normalizationSums`. `offset` is the mean of
/// dz, `slope` the mean of dz · (x − mean) over the variance. May work in place on `dy`.
public func normalizationGradient(
  x: UnsafePointer<Float>, dy: UnsafePointer<Float>, _ lanes: LaneNormalization, offset: SIMD8<Float>,
  slope: SIMD8<Float>, rectifies: Bool, adding: Bool, pixels: Int, _ dx: UnsafeMutablePointer<Float>
) {
  if rectifies && !adding {
    normalizationGradient(x, dy, lanes, offset, slope, isRectified: true, adds: false, pixels, dx)
  } else if rectifies {
    normalizationGradient(x, dy, lanes, offset, slope, isRectified: true, adds: true, pixels, dx)
  } else if !adding {
    normalizationGradient(x, dy, lanes, offset, slope, isRectified: false, adds: false, pixels, dx)
  } else {
    normalizationGradient(x, dy, lanes, offset, slope, isRectified: false, adds: true, pixels, dx)
  }
}

@inline(__always)
private func normalizationGradient(
  _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ lanes: LaneNormalization, _ offset: Vector, _ slope: Vector,
  isRectified: Bool, adds: Bool, _ pixels: Int, _ dx: UnsafeMutablePointer<Float>
) {
  for pixel in 0..<pixels {
    let distance = load(x, pixel * 8) - lanes.mean
    var dz = load(dy, pixel * 8)
    if isRectified {
      dz = Vector.zero.replacing(with: dz, where: fma(distance, lanes.scale, lanes.shift) .> Vector.zero)
    }
    let value = lanes.scale * (dz - offset - distance * slope)
    store(adds ? load(dx, pixel * 8) + value : value, dx, pixel * 8)
  }
}
