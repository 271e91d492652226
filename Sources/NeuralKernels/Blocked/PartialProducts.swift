// Products over a part of the input channels, for layers with so many that the weights of all of them do not stay in
// the first-level cache beside the pixels.

@inline(__always)
private func partialTile(
  rows: Int, _ a: UnsafePointer<Float>, blockStride: Int, blocks: Int, _ b: UnsafePointer<Float>,
  _ c: UnsafeMutablePointer<Float>, adding: Bool
) {
  var tile = ProductTile()
  var a = a
  var b = b
  for _ in 0..<blocks {
    tile.block(rows: rows, a, 8, b)
    a += blockStride
    b += 128
  }
  if adding { tile.accumulate(rows: rows, c) }
  tile.storeDense(rows: rows, c)
}

/// `c` (`pixels` × 16) = or += products of `pixels` neighbouring pixels, `blocks` input blocks each, with `b`.
@inline(never)
func partialProducts(
  pixels: Int, _ a: UnsafePointer<Float>, blockStride: Int, blocks: Int, _ b: UnsafePointer<Float>,
  _ c: UnsafeMutablePointer<Float>, adding: Bool
) {
  var pixel = 0
  while pixels - pixel >= 6 {
    partialTile(
      rows: 6, a + pixel * 8, blockStride: blockStride, blocks: blocks, b, c + pixel * 16, adding: adding)
    pixel += 6
  }
  let (from, to) = (a + pixel * 8, c + pixel * 16)
  switch pixels - pixel {
  case 5: partialTile(rows: 5, from, blockStride: blockStride, blocks: blocks, b, to, adding: adding)
  case 4: partialTile(rows: 4, from, blockStride: blockStride, blocks: blocks, b, to, adding: adding)
  case 3: partialTile(rows: 3, from, blockStride: blockStride, blocks: blocks, b, to, adding: adding)
  case 2: partialTile(rows: 2, from, blockStride: blockStride, blocks: blocks, b, to, adding: adding)
  case 1: partialTile(rows: 1, from, blockStride: blockStride, blocks: blocks, b, to, adding: adding)
  default: break
  }
}
