// Gradients of a 1×1 convolution from a blocked map to a few planar channels, the head of a network.

/// The input gradient of some pixels of one block of one image: Σ over outputs of dy times weight.
///
/// `dy`: planar, `planeStride` floats from one output to the next; `weights` (out, in), of which the eight of this block
/// begin at `weights` and `lanes` exist.
public func headInputGradient(
  dy: UnsafePointer<Float>, planeStride: Int, outputs: Int, weights: UnsafePointer<Float>, inChannels: Int, lanes: Int,
  adding: Bool, pixels: Int, _ dx: UnsafeMutablePointer<Float>
) {
  for out in 0..<outputs {
    var kernel = Vector.zero
    for lane in 0..<lanes { kernel[lane] = weights[out * inChannels + lane] }
    let line = dy + out * planeStride
    if adding || out > 0 {
      for pixel in 0..<pixels { store(fma(kernel, line[pixel], load(dx, pixel * 8)), dx, pixel * 8) }
    } else {
      for pixel in 0..<pixels { store(kernel * line[pixel], dx, pixel * 8) }
    }
  }
}

/// Σ over the pixels of one block of x times dy: eight sums at `target`, one output's share of the weight gradient.
public func headWeightSums(
  x: UnsafePointer<Float>, dy: UnsafePointer<Float>, pixels: Int, _ target: UnsafeMutablePointer<Float>
) {
  var total = SIMD8<Double>.zero
  var pixel = 0
  while pixel < pixels {
    let end = min(pixel + 256, pixels)
    var (s0, s1, s2, s3) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    while pixel + 4 <= end {
      s0 = fma(load(x, pixel * 8), dy[pixel], s0)
      s1 = fma(load(x, pixel * 8 + 8), dy[pixel + 1], s1)
      s2 = fma(load(x, pixel * 8 + 16), dy[pixel + 2], s2)
      s3 = fma(load(x, pixel * 8 + 24), dy[pixel + 3], s3)
      pixel += 4
    }
    while pixel < end {
      s0 = fma(load(x, pixel * 8), dy[pixel], s0)
      pixel += 1
    }
    total += SIMD8<Double>((s0 + s1) + (s2 + s3))
  }
  store(Vector(total), target)
}

/// The sums of the pixels of one block: eight numbers, its share of a bias gradient.
public func channelSums(_ source: UnsafePointer<Float>, pixels: Int, _ target: UnsafeMutablePointer<Float>) {
  var total = SIMD8<Double>.zero
  var pixel = 0
  while pixel < pixels {
    let end = min(pixel + 256, pixels)
    var (s0, s1, s2, s3) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    while pixel + 4 <= end {
      s0 += load(source, pixel * 8)
      s1 += load(source, pixel * 8 + 8)
      s2 += load(source, pixel * 8 + 16)
      s3 += load(source, pixel * 8 + 24)
      pixel += 4
    }
    while pixel < end {
      s0 += load(source, pixel * 8)
      pixel += 1
    }
    total += SIMD8<Double>((s0 + s1) + (s2 + s3))
  }
  store(Vector(total), target)
}
