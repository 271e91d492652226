internal import CPrefetch

/// A register tile of up to 6 pixels × 16 output channels: twelve accumulators, which leaves four of the sixteen
/// AVX registers for two weight vectors and the broadcast input.
///
/// `rows` is always a literal at the call, so that every test on it disappears when the call is inlined.
struct ProductTile {
  var c00 = Vector.zero, c01 = Vector.zero
  var c10 = Vector.zero, c11 = Vector.zero
  var c20 = Vector.zero, c21 = Vector.zero
  var c30 = Vector.zero, c31 = Vector.zero
  var c40 = Vector.zero, c41 = Vector.zero
  var c50 = Vector.zero, c51 = Vector.zero

  /// Adds pixel values `a[row * pixelStride]` times the 16 weights at `b`.
  @inline(__always)
  mutating func step(rows: Int, _ a: UnsafePointer<Float>, _ pixelStride: Int, _ b: UnsafePointer<Float>) {
    let b0 = load(b), b1 = load(b, 8)
    let a0 = Vector(repeating: a[0])
    c00 = fma(a0, b0, c00)
    c01 = fma(a0, b1, c01)
    if rows > 1 {
      let a1 = Vector(repeating: a[pixelStride])
      c10 = fma(a1, b0, c10)
      c11 = fma(a1, b1, c11)
    }
    if rows > 2 {
      let a2 = Vector(repeating: a[2 * pixelStride])
      c20 = fma(a2, b0, c20)
      c21 = fma(a2, b1, c21)
    }
    if rows > 3 {
      let a3 = Vector(repeating: a[3 * pixelStride])
      c30 = fma(a3, b0, c30)
      c31 = fma(a3, b1, c31)
    }
    if rows > 4 {
      let a4 = Vector(repeating: a[4 * pixelStride])
      c40 = fma(a4, b0, c40)
      c41 = fma(a4, b1, c41)
    }
    if rows > 5 {
      let a5 = Vector(repeating: a[5 * pixelStride])
      c50 = fma(a5, b0, c50)
      c51 = fma(a5, b1, c51)
    }
  }

  /// Eight steps: one block of eight input channels against 8 × 16 weights.
  @inline(__always)
  mutating func block(rows: Int, _ a: UnsafePointer<Float>, _ pixelStride: Int, _ b: UnsafePointer<Float>) {
    step(rows: rows, a, pixelStride, b)
    step(rows: rows, a + 1, pixelStride, b + 16)
    step(rows: rows, a + 2, pixelStride, b + 32)
    step(rows: rows, a + 3, pixelStride, b + 48)
    step(rows: rows, a + 4, pixelStride, b + 64)
    step(rows: rows, a + 5, pixelStride, b + 80)
    step(rows: rows, a + 6, pixelStride, b + 96)
    step(rows: rows, a + 7, pixelStride, b + 112)
  }

  /// Adds what lies at `c` already (row r at `c + 16 r`).
  @inline(__always)
  mutating func accumulate(rows: Int, _ c: UnsafePointer<Float>) {
    c00 += load(c)
    c01 += load(c, 8)
    if rows > 1 {
      c10 += load(c, 16)
      c11 += load(c, 24)
    }
    if rows > 2 {
      c20 += load(c, 32)
      c21 += load(c, 40)
    }
    if rows > 3 {
      c30 += load(c, 48)
      c31 += load(c, 56)
    }
    if rows > 4 {
      c40 += load(c, 64)
      c41 += load(c, 72)
    }
    if rows > 5 {
      c50 += load(c, 80)
      c51 += load(c, 88)
    }
  }

  /// Stores row r at `c + 16 r`.
  @inline(__always)
  func storeDense(rows: Int, _ c: UnsafeMutablePointer<Float>) {
    store(c00, c)
    store(c01, c, 8)
    if rows > 1 {
      store(c10, c, 16)
      store(c11, c, 24)
    }
    if rows > 2 {
      store(c20, c, 32)
      store(c21, c, 40)
    }
    if rows > 3 {
      store(c30, c, 48)
      store(c31, c, 56)
    }
    if rows > 4 {
      store(c40, c, 64)
      store(c41, c, 72)
    }
    if rows > 5 {
      store(c50, c, 80)
      store(c51, c, 88)
    }
  }
}

/// `c` (6 × 16, dense) = or += `a` (`blocks` × 6 × 8) · `b` (8 · `blocks` × 16).
/// 2 · 6 · 16 · 8 · `blocks` operations. Meanwhile `lines` cache lines a block are fetched from `next` on.
@inline(never)
public func multiply6x16(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, blocks: Int, _ c: UnsafeMutablePointer<Float>,
  next: UnsafePointer<Float>, lines: Int
) {
  var tile = ProductTile()
  var a = a
  var b = b
  var next = next
  var left = blocks
  while left > 0 {
    for line in 0..<lines { unmask_prefetch(next + line * 16) }
    next += lines * 16
    tile.block(rows: 6, a, 8, b)
    a += 48
    b += 128
    left -= 1
  }
  tile.storeDense(rows: 6, c)
}

/// `c` (4 × 16, dense) = or += `a` (`blocks` × 4 × 8) · `b` (8 · `blocks` × 16). Fetches like `multiply6x16`.
@inline(never)
func multiply4x16(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, blocks: Int, _ c: UnsafeMutablePointer<Float>,
  next: UnsafePointer<Float>, lines: Int
) {
  var tile = ProductTile()
  var a = a
  var b = b
  var next = next
  var left = blocks
  while left > 0 {
    for line in 0..<lines { unmask_prefetch(next + line * 16) }
    next += lines * 16
    tile.block(rows: 4, a, 8, b)
    a += 32
    b += 128
    left -= 1
  }
  tile.storeDense(rows: 4, c)
}
