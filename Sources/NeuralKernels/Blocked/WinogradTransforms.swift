// Winograd's minimal filtering F(m×m, 3×3) after Lavin and Gray (arXiv:1509.09308): an output tile of m × m pixels is
// Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A, with d the (m + 2) × (m + 2) input patch. Each 2-D transform is the 1-D one over the rows
// and then over the columns; all eight channels of a block go through together.

// MARK: F(2×2): points 0, 1, -1, ∞

@inline(__always)
private func input2(_ d0: Vector, _ d1: Vector, _ d2: Vector, _ d3: Vector) -> (Vector, Vector, Vector, Vector) {
  (d0 - d2, d1 + d2, d2 - d1, d1 - d3)
}

@inline(__always)
private func output2(_ m0: Vector, _ m1: Vector, _ m2: Vector, _ m3: Vector) -> (Vector, Vector) {
  (m0 + m1 + m2, m1 - m2 - m3)
}

// MARK: F(4×4): points 0, 1, -1, 2, -2, ∞

@inline(__always)
private func input4(
  _ d0: Vector, _ d1: Vector, _ d2: Vector, _ d3: Vector, _ d4: Vector, _ d5: Vector
) -> (Vector, Vector, Vector, Vector, Vector, Vector) {
  let even1 = fma(d2, -4, d4)
  let odd1 = fma(d1, -4, d3)
  let even2 = d4 - d2
  let odd2 = d3 - d1
  return (
    fma(d0, 4, fma(d2, -5, d4)), even1 + odd1, even1 - odd1, fma(odd2, 2, even2), fma(odd2, -2, even2),
    fma(d1, 4, fma(d3, -5, d5))
  )
}

@inline(__always)
private func output4(
  _ m0: Vector, _ m1: Vector, _ m2: Vector, _ m3: Vector, _ m4: Vector, _ m5: Vector
) -> (Vector, Vector, Vector, Vector) {
  let sum1 = m1 + m2
  let difference1 = m1 - m2
  let sum2 = m3 + m4
  let difference2 = m3 - m4
  return (
    m0 + sum1 + sum2, fma(difference2, 2, difference1), fma(sum2, 4, sum1),
    fma(difference2, 8, difference1) + m5
  )
}

// MARK: F(6×6): points 0, 1, -1, 2, -2, 1/2, -1/2, ∞

@inline(__always)
private func input6(
  _ d0: Vector, _ d1: Vector, _ d2: Vector, _ d3: Vector, _ d4: Vector, _ d5: Vector, _ d6: Vector, _ d7: Vector
) -> (Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector) {
  let even1 = fma(d4, -4.25, d2 + d6)
  let odd1 = fma(d3, -4.25, d1 + d5)
  let even2 = fma(d2, 0.25, fma(d4, -1.25, d6))
  let odd2 = fma(d5, 2, fma(d3, -2.5, d1 * 0.5))
  let even3 = fma(d2, 4, fma(d4, -5, d6))
  let odd3 = fma(d1, 2, fma(d3, -2.5, d5 * 0.5))
  return (
    fma(d4 - d2, 5.25, d0 - d6), even1 + odd1, even1 - odd1, even2 + odd2, even2 - odd2, even3 + odd3, even3 - odd3,
    fma(d3 - d5, 5.25, d7 - d1)
  )
}

@inline(__always)
private func output6(
  _ m0: Vector, _ m1: Vector, _ m2: Vector, _ m3: Vector, _ m4: Vector, _ m5: Vector, _ m6: Vector, _ m7: Vector
) -> (Vector, Vector, Vector, Vector, Vector, Vector) {
  let sum1 = m1 + m2
  let difference1 = m1 - m2
  let sum2 = m3 + m4
  let difference2 = m3 - m4
  let sum3 = m5 + m6
  let difference3 = m5 - m6
  return (
    fma(sum3, 32, m0 + sum1 + sum2), fma(difference3, 16, fma(difference2, 2, difference1)),
    fma(sum3, 8, fma(sum2, 4, sum1)), fma(difference3, 4, fma(difference2, 8, difference1)),
    fma(sum3, 2, fma(sum2, 16, sum1)), fma(difference2, 32, difference1 + difference3) + m7
  )
}

// MARK: input transform of a strip

// A strip is a run of neighbouring tiles of one block. Bᵀ goes down the columns of the whole strip first, so that
// columns shared by two tiles are done once and rows whose addresses collide in the cache are read as streams.

/// Where the rows under a strip lie; a row outside the map points at zeros.
struct StripRows {
  var r0: UnsafePointer<Float>, r1: UnsafePointer<Float>, r2: UnsafePointer<Float>, r3: UnsafePointer<Float>
  var r4: UnsafePointer<Float>, r5: UnsafePointer<Float>, r6: UnsafePointer<Float>, r7: UnsafePointer<Float>

  /// Rows `y`... of the block at `block`, from column `x` on.
  @inline(__always)
  init(block: UnsafePointer<Float>, y: Int, height: Int, x: Int, rowStride: Int, zeros: UnsafePointer<Float>) {
    let first = block + x * 8
    func row(_ offset: Int) -> UnsafePointer<Float> {
      y + offset >= 0 && y + offset < height ? first + (y + offset) * rowStride : zeros
    }
    r0 = row(0)
    r1 = row(1)
    r2 = row(2)
    r3 = row(3)
    r4 = row(4)
    r5 = row(5)
    r6 = row(6)
    r7 = row(7)
  }
}

/// Bᵀ d of `columns` columns, to rows of `strip` that are `stripStride` floats apart.
@inline(never)
func winogradColumns(
  tile: Int, _ rows: StripRows, columns: Int, _ strip: UnsafeMutablePointer<Float>, stripStride: Int
) {
  switch tile {
  case 2:
    for x in 0..<columns {
      let at = x * 8
      let t = input2(load(rows.r0, at), load(rows.r1, at), load(rows.r2, at), load(rows.r3, at))
      let to = strip + at
      store(t.0, to)
      store(t.1, to, stripStride)
      store(t.2, to, 2 * stripStride)
      store(t.3, to, 3 * stripStride)
    }
  case 4:
    for x in 0..<columns {
      let at = x * 8
      let t = input4(
        load(rows.r0, at), load(rows.r1, at), load(rows.r2, at), load(rows.r3, at), load(rows.r4, at),
        load(rows.r5, at))
      let to = strip + at
      store(t.0, to)
      store(t.1, to, stripStride)
      store(t.2, to, 2 * stripStride)
      store(t.3, to, 3 * stripStride)
      store(t.4, to, 4 * stripStride)
      store(t.5, to, 5 * stripStride)
    }
  default:
    for x in 0..<columns {
      let at = x * 8
      let t = input6(
        load(rows.r0, at), load(rows.r1, at), load(rows.r2, at), load(rows.r3, at), load(rows.r4, at),
        load(rows.r5, at), load(rows.r6, at), load(rows.r7, at))
      let to = strip + at
      store(t.0, to)
      store(t.1, to, stripStride)
      store(t.2, to, 2 * stripStride)
      store(t.3, to, 3 * stripStride)
      store(t.4, to, 4 * stripStride)
      store(t.5, to, 5 * stripStride)
      store(t.6, to, 6 * stripStride)
      store(t.7, to, 7 * stripStride)
    }
  }
}

/// The second half, (Bᵀ d) B, for the tile that begins at `strip`; point p goes to `target + p * pointStride`.
@inline(__always)
func winogradRows(
  tile: Int, _ strip: UnsafePointer<Float>, stripStride: Int, _ target: UnsafeMutablePointer<Float>, pointStride: Int
) {
  switch tile {
  case 2:
    for y in 0..<4 {
      let row = strip + y * stripStride
      let t = input2(load(row), load(row, 8), load(row, 16), load(row, 24))
      let point = target + y * 4 * pointStride
      store(t.0, point)
      store(t.1, point, pointStride)
      store(t.2, point, 2 * pointStride)
      store(t.3, point, 3 * pointStride)
    }
  case 4:
    for y in 0..<6 {
      let row = strip + y * stripStride
      let t = input4(load(row), load(row, 8), load(row, 16), load(row, 24), load(row, 32), load(row, 40))
      let point = target + y * 6 * pointStride
      store(t.0, point)
      store(t.1, point, pointStride)
      store(t.2, point, 2 * pointStride)
      store(t.3, point, 3 * pointStride)
      store(t.4, point, 4 * pointStride)
      store(t.5, point, 5 * pointStride)
    }
  default:
    for y in 0..<8 {
      let row = strip + y * stripStride
      let t = input6(
        load(row), load(row, 8), load(row, 16), load(row, 24), load(row, 32), load(row, 40), load(row, 48),
        load(row, 56))
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

// MARK: output transform

/// Aᵀ m A of the 4 × 4 products at `source + p * pointStride`, through `epilogue`, to 2 × 2 pixels at `target`.
@inline(__always)
func winogradOutput2(
  _ source: UnsafePointer<Float>, pointStride: Int, _ target: UnsafeMutablePointer<Float>, rowStride: Int,
  scratch: UnsafeMutablePointer<Float>, epilogue: LaneEpilogue
) {
  for x in 0..<4 {
    let point = source + x * pointStride
    let t = output2(
      load(point), load(point, 4 * pointStride), load(point, 8 * pointStride), load(point, 12 * pointStride))
    let row = scratch + x * 8
    store(t.0, row)
    store(t.1, row, 32)
  }
  for y in 0..<2 {
    let row = scratch + y * 32
    let t = output2(load(row), load(row, 8), load(row, 16), load(row, 24))
    let pixel = target + y * rowStride
    store(epilogue.apply(t.0), pixel)
    store(epilogue.apply(t.1), pixel, 8)
  }
}

/// Aᵀ m A of the 6 × 6 products at `source + p * pointStride`, through `epilogue`, to 4 × 4 pixels at `target`.
@inline(__always)
func winogradOutput4(
  _ source: UnsafePointer<Float>, pointStride: Int, _ target: UnsafeMutablePointer<Float>, rowStride: Int,
  scratch: UnsafeMutablePointer<Float>, epilogue: LaneEpilogue
) {
  for x in 0..<6 {
    let point = source + x * pointStride
    let t = output4(
      load(point), load(point, 6 * pointStride), load(point, 12 * pointStride), load(point, 18 * pointStride),
      load(point, 24 * pointStride), load(point, 30 * pointStride))
    let row = scratch + x * 8
    store(t.0, row)
    store(t.1, row, 48)
    store(t.2, row, 96)
    store(t.3, row, 144)
  }
  for y in 0..<4 {
    let row = scratch + y * 48
    let t = output4(load(row), load(row, 8), load(row, 16), load(row, 24), load(row, 32), load(row, 40))
    let pixel = target + y * rowStride
    store(epilogue.apply(t.0), pixel)
    store(epilogue.apply(t.1), pixel, 8)
    store(epilogue.apply(t.2), pixel, 16)
    store(epilogue.apply(t.3), pixel, 24)
  }
}

/// Aᵀ m A of the 8 × 8 products at `source + p * pointStride`, through `epilogue`, to 6 × 6 pixels at `target`.
@inline(__always)
func winogradOutput6(
  _ source: UnsafePointer<Float>, pointStride: Int, _ target: UnsafeMutablePointer<Float>, rowStride: Int,
  scratch: UnsafeMutablePointer<Float>, epilogue: LaneEpilogue
) {
  for x in 0..<8 {
    let point = source + x * pointStride
    let t = output6(
      load(point), load(point, 8 * pointStride), load(point, 16 * pointStride), load(point, 24 * pointStride),
      load(point, 32 * pointStride), load(point, 40 * pointStride), load(point, 48 * pointStride),
      load(point, 56 * pointStride))
    let row = scratch + x * 8
    store(t.0, row)
    store(t.1, row, 64)
    store(t.2, row, 128)
    store(t.3, row, 192)
    store(t.4, row, 256)
    store(t.5, row, 320)
  }
  for y in 0..<6 {
    let row = scratch + y * 64
    let t = output6(
      load(row), load(row, 8), load(row, 16), load(row, 24), load(row, 32), load(row, 40), load(row, 48),
      load(row, 56))
    let pixel = target + y * rowStride
    store(epilogue.apply(t.0), pixel)
    store(epilogue.apply(t.1), pixel, 8)
    store(epilogue.apply(t.2), pixel, 16)
    store(epilogue.apply(t.3), pixel, 24)
    store(epilogue.apply(t.4), pixel, 32)
    store(epilogue.apply(t.5), pixel, 40)
  }
}

// MARK: weights

/// G of F(m×m, 3×3), (m + 2) × 3, row-major.
func winogradWeightMatrix(tile: Int) -> [Double] {
  switch tile {
  case 2: [1, 0, 0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0, 0, 1]
  case 4:
    [
      1 / 4.0, 0, 0, -1 / 6.0, -1 / 6.0, -1 / 6.0, -1 / 6.0, 1 / 6.0, -1 / 6.0, 1 / 24.0, 1 / 12.0, 1 / 6.0,
      1 / 24.0, -1 / 12.0, 1 / 6.0, 0, 0, 1,
    ]
  default:
    [
      1, 0, 0, -2 / 9.0, -2 / 9.0, -2 / 9.0, -2 / 9.0, 2 / 9.0, -2 / 9.0, 1 / 90.0, 1 / 45.0, 2 / 45.0,
      1 / 90.0, -1 / 45.0, 2 / 45.0, 1 / 45.0, 1 / 90.0, 1 / 180.0, 1 / 45.0, -1 / 90.0, 1 / 180.0, 0, 0, 1,
    ]
  }
}
