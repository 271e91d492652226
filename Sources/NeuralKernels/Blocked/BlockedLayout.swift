/// Copies rows of channel-major pixels (C, H·W) into blocks of eight channels (⌈C/8⌉, H·W, 8); missing lanes are zero.
public func convertToBlocked(
  _ source: UnsafePointer<Float>, channels: Int, pixels: Int, _ target: UnsafeMutablePointer<Float>
) {
  for block in 0..<(channels + 7) / 8 {
    let lanes = min(8, channels - block * 8)
    let from = source + block * 8 * pixels
    let to = target + block * 8 * pixels
    var pixel = 0
    if lanes == 8 {
      while pixel + 8 <= pixels {
        transpose8x8(from + pixel, stride: pixels, to + pixel * 8, targetStride: 8)
        pixel += 8
      }
    }
    while pixel < pixels {
      for lane in 0..<8 { to[pixel * 8 + lane] = lane < lanes ? from[lane * pixels + pixel] : 0 }
      pixel += 1
    }
  }
}

/// The reverse of `convertToBlocked`: (⌈C/8⌉, H·W, 8) to (C, H·W).
public func convertFromBlocked(
  _ source: UnsafePointer<Float>, channels: Int, pixels: Int, _ target: UnsafeMutablePointer<Float>
) {
  for block in 0..<(channels + 7) / 8 {
    let lanes = min(8, channels - block * 8)
    let from = source + block * 8 * pixels
    let to = target + block * 8 * pixels
    var pixel = 0
    if lanes == 8 {
      while pixel + 8 <= pixels {
        transpose8x8(from + pixel * 8, stride: 8, to + pixel, targetStride: pixels)
        pixel += 8
      }
    }
    while pixel < pixels {
      for lane in 0..<lanes { to[lane * pixels + pixel] = from[pixel * 8 + lane] }
      pixel += 1
    }
  }
}

/// Eight rows of eight, `stride` floats apart, to eight columns, `targetStride` floats apart.
@inline(__always)
func transpose8x8(
  _ source: UnsafePointer<Float>, stride: Int, _ target: UnsafeMutablePointer<Float>, targetStride: Int
) {
  let r0 = load(source), r1 = load(source, stride), r2 = load(source, 2 * stride), r3 = load(source, 3 * stride)
  let r4 = load(source, 4 * stride), r5 = load(source, 5 * stride), r6 = load(source, 6 * stride)
  let r7 = load(source, 7 * stride)
  // Pairs, then quarters, then halves change places.
  let (a0, a1) = interleave(r0, r4)
  let (a2, a3) = interleave(r1, r5)
  let (a4, a5) = interleave(r2, r6)
  let (a6, a7) = interleave(r3, r7)
  let (b0, b1) = interleave(a0, a4)
  let (b2, b3) = interleave(a1, a5)
  let (b4, b5) = interleave(a2, a6)
  let (b6, b7) = interleave(a3, a7)
  let (c0, c1) = interleave(b0, b4)
  let (c2, c3) = interleave(b1, b5)
  let (c4, c5) = interleave(b2, b6)
  let (c6, c7) = interleave(b3, b7)
  store(c0, target)
  store(c1, target, targetStride)
  store(c2, target, 2 * targetStride)
  store(c3, target, 3 * targetStride)
  store(c4, target, 4 * targetStride)
  store(c5, target, 5 * targetStride)
  store(c6, target, 6 * targetStride)
  store(c7, target, 7 * targetStride)
}

/// a0 b0 a1 b1 a2 b2 a3 b3 and a4 b4 a5 b5 a6 b6 a7 b7.
@inline(__always)
private func interleave(_ a: Vector, _ b: Vector) -> (Vector, Vector) {
  (
    Vector(a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3]), Vector(a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7])
  )
}
