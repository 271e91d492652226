// The register tile of the direct convolutions: `rows` pixels × 16 output channels, whose inputs are found through a
// table of offsets, so that one loop serves every kernel size, dilation and group.

extension ProductTile {
  /// Stores every row through the epilogue: channels 0...7 of row r at `target + r * pixelStride`, channels 8...15
  /// `blockStride` further, unless `isPair` says that they do not exist.
  @inline(__always)
  func storeFinished(
    rows: Int, _ target: UnsafeMutablePointer<Float>, pixelStride: Int, blockStride: Int, isPair: Bool,
    _ lanes0: LaneEpilogue, _ lanes1: LaneEpilogue
  ) {
    store(lanes0.apply(c00), target)
    if rows > 1 { store(lanes0.apply(c10), target, pixelStride) }
    if rows > 2 { store(lanes0.apply(c20), target, 2 * pixelStride) }
    if rows > 3 { store(lanes0.apply(c30), target, 3 * pixelStride) }
    if rows > 4 { store(lanes0.apply(c40), target, 4 * pixelStride) }
    if rows > 5 { store(lanes0.apply(c50), target, 5 * pixelStride) }
    guard isPair else { return }
    let second = target + blockStride
    store(lanes1.apply(c01), second)
    if rows > 1 { store(lanes1.apply(c11), second, pixelStride) }
    if rows > 2 { store(lanes1.apply(c21), second, 2 * pixelStride) }
    if rows > 3 { store(lanes1.apply(c31), second, 3 * pixelStride) }
    if rows > 4 { store(lanes1.apply(c41), second, 4 * pixelStride) }
    if rows > 5 { store(lanes1.apply(c51), second, 5 * pixelStride) }
  }
}

/// Where a tile reads and writes; the same for every tile of a row.
struct TileStrides {
  /// Offsets, in floats, of each input block (or each single input value) from the tile's first pixel.
  let offsets: UnsafePointer<Int>
  let steps: Int
  let inputPixel: Int
  let outputPixel: Int
  let outputBlock: Int
  let isPair: Bool
  let lanes0: LaneEpilogue
  let lanes1: LaneEpilogue
}

/// One tile over blocked input: each offset leads to eight channels, against 8 × 16 weights.
@inline(__always)
private func blockedTile(
  rows: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>,
  _ strides: TileStrides, inputPixel: Int
) {
  var tile = ProductTile()
  var b = b
  for index in 0..<strides.steps {
    tile.block(rows: rows, a + strides.offsets[index], inputPixel, b)
    b += 128
  }
  tile.storeFinished(
    rows: rows, c, pixelStride: strides.outputPixel, blockStride: strides.outputBlock, isPair: strides.isPair,
    strides.lanes0, strides.lanes1)
}

/// One tile over planar input: each offset leads to one value, against 16 weights.
@inline(__always)
private func planarTile(
  rows: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>,
  _ strides: TileStrides, inputPixel: Int
) {
  var tile = ProductTile()
  var b = b
  for index in 0..<strides.steps {
    tile.step(rows: rows, a + strides.offsets[index], inputPixel, b)
    b += 16
  }
  tile.storeFinished(
    rows: rows, c, pixelStride: strides.outputPixel, blockStride: strides.outputBlock, isPair: strides.isPair,
    strides.lanes0, strides.lanes1)
}

@inline(never)
private func blockedTail(
  _ rows: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>,
  _ strides: TileStrides
) {
  switch rows {
  case 5: blockedTile(rows: 5, a, b, c, strides, inputPixel: strides.inputPixel)
  case 4: blockedTile(rows: 4, a, b, c, strides, inputPixel: strides.inputPixel)
  case 3: blockedTile(rows: 3, a, b, c, strides, inputPixel: strides.inputPixel)
  case 2: blockedTile(rows: 2, a, b, c, strides, inputPixel: strides.inputPixel)
  default: blockedTile(rows: 1, a, b, c, strides, inputPixel: strides.inputPixel)
  }
}

@inline(never)
private func planarTail(
  _ rows: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>,
  _ strides: TileStrides
) {
  switch rows {
  case 5: planarTile(rows: 5, a, b, c, strides, inputPixel: strides.inputPixel)
  case 4: planarTile(rows: 4, a, b, c, strides, inputPixel: strides.inputPixel)
  case 3: planarTile(rows: 3, a, b, c, strides, inputPixel: strides.inputPixel)
  case 2: planarTile(rows: 2, a, b, c, strides, inputPixel: strides.inputPixel)
  default: planarTile(rows: 1, a, b, c, strides, inputPixel: strides.inputPixel)
  }
}

/// A row of `pixels` output pixels from blocked input.
@inline(never)
func blockedRow(
  pixels: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>,
  _ strides: TileStrides
) {
  var pixel = 0
  // A remainder of one or two pixels is better shared with the tile before it: 6 + 2 = 4 + 4.
  while pixels - pixel >= 6 && pixels - pixel != 8 {
    let from = a + pixel * strides.inputPixel
    let to = c + pixel * strides.outputPixel
    if strides.inputPixel == 8 {
      blockedTile(rows: 6, from, b, to, strides, inputPixel: 8)
    } else {
      blockedTile(rows: 6, from, b, to, strides, inputPixel: strides.inputPixel)
    }
    pixel += 6
  }
  while pixel < pixels {
    let rows = pixels - pixel == 8 ? 4 : pixels - pixel
    blockedTail(rows, a + pixel * strides.inputPixel, b, c + pixel * strides.outputPixel, strides)
    pixel += rows
  }
}

/// A row of `pixels` output pixels from planar input.
@inline(never)
func planarRow(
  pixels: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>,
  _ strides: TileStrides
) {
  var pixel = 0
  while pixels - pixel >= 6 {
    let from = a + pixel * strides.inputPixel
    let to = c + pixel * strides.outputPixel
    if strides.inputPixel == 1 {
      planarTile(rows: 6, from, b, to, strides, inputPixel: 1)
    } else {
      planarTile(rows: 6, from, b, to, strides, inputPixel: strides.inputPixel)
    }
    pixel += 6
  }
  if pixel < pixels {
    planarTail(pixels - pixel, a + pixel * strides.inputPixel, b, c + pixel * strides.outputPixel, strides)
  }
}
