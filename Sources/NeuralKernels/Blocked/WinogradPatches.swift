/// The input patches of a Winograd convolution on maps of one size, and where their transforms go: point, group of
/// tiles, input block, tile in the group, channel.
struct WinogradPatches: Sendable {
  /// Output pixels per tile side.
  let tile: Int
  let tilesX: Int
  let tilesPerImage: Int
  let padTop: Int
  let padLeft: Int
  /// Blocks of input channels.
  let blocks: Int
  /// Tiles of a group, whose channels lie together for the product.
  let rowsPerGroup: Int
  /// Floats from one group to the next, and from one point to the next.
  let groupStride: Int
  let pointStride: Int

  /// Bᵀ d B of `count` tiles from `firstTile`. `scratch`: `scratchFloats`.
  func transform(
    _ input: BlockedMap, firstTile: Int, count: Int, matrices: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let zeros = scratch + Self.stripFloats
    zeros.update(repeating: 0, count: Self.stripColumns * 8)
    let longest = (Self.stripColumns - 2) / tile
    var index = 0
    while index < count {
      // A strip: tiles side by side in one row of tiles.
      let position = position(of: firstTile + index)
      let column = position.x / tile
      let tiles = min(count - index, tilesX - column, longest)
      let y = position.y - padTop
      let x = position.x - padLeft
      let columns = tiles * tile + 2
      let before = min(max(0, -x), columns)
      let after = min(max(0, x + columns - input.width), columns - before)
      let inside = columns - before - after
      for block in 0..<blocks {
        let map = UnsafePointer(input.pixel(image: position.image, block: block, y: 0, x: 0))
        let lines = StripRows(
          block: map, y: y, height: input.height, x: x + before, rowStride: input.rowStride,
          zeros: UnsafePointer(zeros))
        winogradColumns(
          tile: tile, lines, columns: inside, scratch + before * 8, stripStride: Self.stripColumns * 8)
        if before + after > 0 {
          for row in 0..<tile + 2 {
            let line = scratch + row * Self.stripColumns * 8
            line.update(repeating: 0, count: before * 8)
            (line + (before + inside) * 8).update(repeating: 0, count: after * 8)
          }
        }
        transformRows(tiles: tiles, firstIndex: index, block: block, scratch, matrices)
      }
      index += tiles
    }
  }

  @inline(never)
  private func transformRows(
    tiles: Int, firstIndex: Int, block: Int, _ strip: UnsafePointer<Float>, _ matrices: UnsafeMutablePointer<Float>
  ) {
    let rows = rowsPerGroup
    var group = firstIndex / rows
    var row = firstIndex - group * rows
    for index in 0..<tiles {
      winogradRows(
        tile: tile, strip + index * tile * 8, stripStride: Self.stripColumns * 8,
        matrices + group * groupStride + (block * rows + row) * 8, pointStride: pointStride)
      row += 1
      if row == rows {
        row = 0
        group += 1
      }
    }
  }

  /// Columns of the longest strip, and the floats of scratch that it takes.
  private static var stripColumns: Int { 64 }
  private static var stripFloats: Int { 8 * stripColumns * 8 }
  /// Scratch for a strip and a row of zeros, or for the output transform and a patch.
  static var scratchFloats: Int { stripFloats + stripColumns * 8 }

  /// Where a tile of the output begins.
  @inline(__always)
  func position(of index: Int) -> (image: Int, y: Int, x: Int) {
    let image = index / tilesPerImage
    let within = index - image * tilesPerImage
    let row = within / tilesX
    return (image, row * tile, (within - row * tilesX) * tile)
  }
}
