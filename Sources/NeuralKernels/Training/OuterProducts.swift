// Sums of outer products, the heart of the weight gradients: the same register tile as the products of the forward
// pass, with the pixels as the inner dimension.

/// Adds to `c` (`rows` × 16, dense) the sum over `count` steps of `rows` values at `a` times 16 values at `b`.
///
/// 2 · 16 · `rows` · `count` operations. Steps are `aStride` and `bStride` floats apart; `adding` says whether `c`
/// holds something already.
@inline(__always)
private func outerTile(
  rows: Int, _ a: UnsafePointer<Float>, aStride: Int, _ b: UnsafePointer<Float>, bStride: Int, count: Int,
  _ c: UnsafeMutablePointer<Float>, adding: Bool
) {
  var tile = ProductTile()
  var a = a
  var b = b
  var left = count
  while left >= 2 {
    tile.step(rows: rows, a, 1, b)
    tile.step(rows: rows, a + aStride, 1, b + bStride)
    a += 2 * aStride
    b += 2 * bStride
    left -= 2
  }
  if left > 0 { tile.step(rows: rows, a, 1, b) }
  if adding { tile.accumulate(rows: rows, c) }
  tile.storeDense(rows: rows, c)
}

/// `c` (`rows` × 16, dense) = or += aᵀ b, with a (`count` × `rows`) and b (`count` × 16). `rows` is a multiple of two.
@inline(never)
func outerProducts(
  rows: Int, _ a: UnsafePointer<Float>, aStride: Int, _ b: UnsafePointer<Float>, bStride: Int, count: Int,
  _ c: UnsafeMutablePointer<Float>, adding: Bool
) {
  var row = 0
  // A remainder of two is better shared with the tile before it: 6 + 2 = 4 + 4.
  while rows - row >= 6 && rows - row != 8 {
    outerTile(
      rows: 6, a + row, aStride: aStride, b, bStride: bStride, count: count, c + row * 16, adding: adding)
    row += 6
  }
  while rows - row >= 4 {
    outerTile(
      rows: 4, a + row, aStride: aStride, b, bStride: bStride, count: count, c + row * 16, adding: adding)
    row += 4
  }
  if row < rows {
    outerTile(
      rows: 2, a + row, aStride: aStride, b, bStride: bStride, count: count, c + row * 16, adding: adding)
  }
}

/// Copies a panel (`rows` × 16 output channels) of gradients into weights (output channel, `stride` floats):
/// `lanes` channels, each `rows` values at `target`.
func storePanel(
  _ panel: UnsafePointer<Float>, rows: Int, lanes: Int, _ target: UnsafeMutablePointer<Float>, stride: Int
) {
  var row = 0
  if lanes == 16 {
    while row + 8 <= rows {
      transpose8x8(panel + row * 16, stride: 16, target + row, targetStride: stride)
      transpose8x8(panel + row * 16 + 8, stride: 16, target + 8 * stride + row, targetStride: stride)
      row += 8
    }
  }
  while row < rows {
    for lane in 0..<lanes { target[lane * stride + row] = panel[row * 16 + lane] }
    row += 1
  }
}
