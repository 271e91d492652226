// The transposes of Winograd's transforms. A convolution Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A has, for an output gradient y, the
// weight gradient Gᵀ[(A y Aᵀ) ⊙ (Bᵀ d B)]G, summed over all tiles between the brackets: the product over tiles is a
// matrix product for each point, four to five times fewer multiplications than the direct sum.

@inline(__always)
private func gradient2(_ t0: Vector, _ t1: Vector) -> (Vector, Vector, Vector, Vector) {
  (t0, t0 + t1, t0 - t1, Vector.zero - t1)
}

@inline(__always)
private func gradient4(
  _ t0: Vector, _ t1: Vector, _ t2: Vector, _ t3: Vector
) -> (Vector, Vector, Vector, Vector, Vector, Vector) {
  let even1 = t0 + t2
  let odd1 = t1 + t3
  let even2 = fma(t2, 4, t0)
  let odd2 = fma(t3, 8, t1 + t1)
  return (t0, even1 + odd1, even1 - odd1, even2 + odd2, even2 - odd2, t3)
}

@inline(__always)
private func gradient6(
  _ t0: Vector, _ t1: Vector, _ t2: Vector, _ t3: Vector, _ t4: Vector, _ t5: Vector
) -> (Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector) {
  let even1 = t0 + t2 + t4
  let odd1 = t1 + t3 + t5
  let even2 = fma(t4, 16, fma(t2, 4, t0))
  let odd2 = fma(t5, 32, fma(t3, 8, t1 + t1))
  let even3 = fma(t0, 32, fma(t2, 8, t4 + t4))
  let odd3 = fma(t1, 16, fma(t3, 4, t5))
  return (t0, even1 + odd1, even1 - odd1, even2 + odd2, even2 - odd2, even3 + odd3, even3 - odd3, t5)
}

/// A y Aᵀ of `tile` × `tile` pixels at `source`; point p goes to `target + p * pointStride`.
/// `scratch`: 48 vectors.
@inline(__always)
func winogradGradient(
  tile: Int, _ source: UnsafePointer<Float>, rowStride: Int, _ target: UnsafeMutablePointer<Float>, pointStride: Int,
  scratch: UnsafeMutablePointer<Float>
) {
  switch tile {
  case 2:
    for x in 0..<2 {
      let column = source + x * 8
      let t = gradient2(load(column), load(column, rowStride))
      let to = scratch + x * 8
      store(t.0, to)
      store(t.1, to, 16)
      store(t.2, to, 32)
      store(t.3, to, 48)
    }
    for y in 0..<4 {
      let row = scratch + y * 16
      let t = gradient2(load(row), load(row, 8))
      let point = target + y * 4 * pointStride
      store(t.0, point)
      store(t.1, point, pointStride)
      store(t.2, point, 2 * pointStride)
      store(t.3, point, 3 * pointStride)
    }
  case 4:
    for x in 0..<4 {
      let column = source + x * 8
      let t = gradient4(
        load(column), load(column, rowStride), load(column, 2 * rowStride), load(column, 3 * rowStride))
      let to = scratch + x * 8
      store(t.0, to)
      store(t.1, to, 32)
      store(t.2, to, 64)
      store(t.3, to, 96)
      store(t.4, to, 128)
      store(t.5, to, 160)
    }
    for y in 0..<6 {
      let row = scratch + y * 32
      let t = gradient4(load(row), load(row, 8), load(row, 16), load(row, 24))
      let point = target + y * 6 * pointStride
      store(t.0, point)
      store(t.1, point, pointStride)
      store(t.2, point, 2 * pointStride)
      store(t.3, point, 3 * pointStride)
      store(t.4, point, 4 * pointStride)
      store(t.5, point, 5 * pointStride)
    }
  default:
    for x in 0..<6 {
      let column = source + x * 8
      let t = gradient6(
        load(column), load(column, rowStride), load(column, 2 * rowStride), load(column, 3 * rowStride),
        load(column, 4 * rowStride), load(column, 5 * rowStride))
      let to = scratch + x * 8
      store(t.0, to)
      store(t.1, to, 48)
      store(t.2, to, 96)
      store(t.3, to, 144)
      store(t.4, to, 192)
      store(t.5, to, 240)
      store(t.6, to, 288)
      store(t.7, to, 336)
    }
    for y in 0..<8 {
      let row = scratch + y * 48
      let t = gradient6(load(row), load(row, 8), load(row, 16), load(row, 24), load(row, 32), load(row, 40))
      let point = target + y * 8 * pointStride
      store(t.0, point)
      store(t.1, point, pointStride)
      store(t.2, point, 2 * pointStride)
      store(t.3, point, 3 * pointStride)
      store(t.4, point, 4 * pointStride)
      store(t.5, point, 5 * pointStride)
      store(t.6, point, 6 * pointStride)
      store(t.7, point, 7 * pointStride)
    }
  }
}

/// Gᵀ u G of eight output channels: `side`² points at `source + p * pointStride` to nine taps at `target + t * 16`.
/// `g`: G, row-major. `scratch`: 24 vectors.
@inline(__always)
func winogradWeightGradient(
  side: Int, _ g: UnsafePointer<Float>, _ source: UnsafePointer<Float>, pointStride: Int,
  _ target: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
) {
  for x in 0..<side {
    var (s0, s1, s2) = (Vector.zero, Vector.zero, Vector.zero)
    for y in 0..<side {
      let u = load(source, (y * side + x) * pointStride)
      s0 = fma(u, g[y * 3], s0)
      s1 = fma(u, g[y * 3 + 1], s1)
      s2 = fma(u, g[y * 3 + 2], s2)
    }
    store(s0, scratch, x * 8)
    store(s1, scratch, (side + x) * 8)
    store(s2, scratch, (2 * side + x) * 8)
  }
  for row in 0..<3 {
    var (s0, s1, s2) = (Vector.zero, Vector.zero, Vector.zero)
    for x in 0..<side {
      let t = load(scratch, (row * side + x) * 8)
      s0 = fma(t, g[x * 3], s0)
      s1 = fma(t, g[x * 3 + 1], s1)
      s2 = fma(t, g[x * 3 + 2], s2)
    }
    store(s0, target, row * 48)
    store(s1, target, row * 48 + 16)
    store(s2, target, row * 48 + 32)
  }
}
