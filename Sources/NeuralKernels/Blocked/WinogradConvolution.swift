/// A 3×3 convolution of stride 1 by Winograd's F(m×m, 3×3), m = 2, 4 or 6, on the blocked layout.
///
/// The work goes in two phases over a scratch area: `transformInput` turns patches of the input into (m+2)² matrices
/// (tiles × input channels), `multiply` multiplies each with its weights, transforms back and stores. Fused layers run
/// both phases on one run of tiles after the other, small enough for the L2 cache; deep layers, whose weights outweigh
/// their pixels, run the first phase over all tiles and then the second by output channels, so that the weights are
/// read once.
public final class WinogradConvolution: Sendable {
  public let inChannels: Int
  public let outChannels: Int
  /// Output pixels per tile side.
  public let tile: Int
  let weights: KernelMemory
  let epilogue: Epilogue

  /// `weights` as `pack` arranged them for the same `tile`.
  public init(inChannels: Int, outChannels: Int, tile: Int, weights: KernelMemory, epilogue: Epilogue) {
    precondition(weights.count == Self.packedFloats(inChannels: inChannels, outChannels: outChannels, tile: tile))
    self.inChannels = inChannels
    self.outChannels = outChannels
    self.tile = tile
    self.weights = weights
    self.epilogue = epilogue
  }

  /// How the layer cuts up its work on maps of one size.
  public struct Plan: Sendable {
    let images: Int
    let patches: WinogradPatches
    /// Output size.
    let height: Int
    let width: Int
    let outPairs: Int
    let points: Int
    /// Tiles whose matrices lie in scratch at once.
    let tilesPerRun: Int
    /// Whether the two phases are separate steps of the layer.
    public let isSplit: Bool
    /// Floats of scratch that each thread needs for itself.
    public let scratchPerThread: Int
    /// Floats of scratch shared by all threads.
    public let sharedScratch: Int
    /// Units of work of the first phase (none when fused) and of the second.
    public let transformUnits: Int
    public let multiplyUnits: Int

    let productPointStride: Int

    var tiles: Int { images * patches.tilesPerImage }
    var rowsPerGroup: Int { patches.rowsPerGroup }
    var inBlocks: Int { patches.blocks }
    var matrixPointStride: Int { patches.pointStride }
  }

  /// Plans the layer for maps of one size, shared by `threads`. `split` forces the two phases apart or together.
  public func plan(
    images: Int, outHeight: Int, outWidth: Int, padTop: Int, padLeft: Int, threads: Int, split: Bool? = nil
  ) -> Plan {
    let tilesX = (outWidth + tile - 1) / tile
    let tilesPerImage = tilesX * ((outHeight + tile - 1) / tile)
    let tiles = images * tilesPerImage
    // Sixteen tiles are four groups of four; six would leave two rows idle.
    let rows = tiles <= 4 || (tiles > 6 && tiles <= 8) || tiles == 16 ? 4 : 6
    let points = (tile + 2) * (tile + 2)
    let inBlocks = roundUp(inChannels, to: 8) / 8
    let outPairs = roundUp(outChannels, to: 16) / 16
    // Where the weights outgrow the second-level cache and the tiles are few, each weight is read once for all tiles.
    let isSplit = split ?? (tiles <= 96 && points * inBlocks * outPairs * 512 > 1 << 20 && outPairs >= threads)
    let run =
      isSplit ? roundUp(tiles, to: rows) : tilesPerRun(tiles, rows, threads, bytesPerTile: points * inBlocks * 32)
    let matrixPointStride = run * inBlocks * 8 + 16
    let productPointStride = run * 16 + 16
    let matrices = points * matrixPointStride
    let products = points * productPointStride
    let patches = WinogradPatches(
      tile: tile, tilesX: tilesX, tilesPerImage: tilesPerImage, padTop: padTop, padLeft: padLeft, blocks: inBlocks,
      rowsPerGroup: rows, groupStride: inBlocks * rows * 8, pointStride: matrixPointStride)
    return Plan(
      images: images, patches: patches, height: outHeight, width: outWidth, outPairs: outPairs, points: points,
      tilesPerRun: run, isSplit: isSplit,
      scratchPerThread: WinogradPatches.scratchFloats + products + (isSplit ? 0 : matrices),
      sharedScratch: isSplit ? matrices : 0,
      transformUnits: isSplit ? (tiles + rows - 1) / rows : 0,
      multiplyUnits: isSplit ? outPairs : (tiles + run - 1) / run,
      productPointStride: productPointStride)
  }

  /// Tiles of one run: some 300 KB of matrices, 12 to 30 tiles (measured: flat between), cut evenly among threads.
  private func tilesPerRun(_ tiles: Int, _ rows: Int, _ threads: Int, bytesPerTile: Int) -> Int {
    let longest = min(max((300 << 10) / bytesPerTile / rows, 2), 5) * rows
    let runs = roundUp((tiles + longest - 1) / longest, to: threads)
    return max(roundUp((tiles + runs - 1) / runs, to: rows), rows)
  }

  /// First phase of a split layer: unit `unit` is one group of tiles.
  public func transformInput(
    unit: Int, plan: Plan, input: BlockedMap, local: UnsafeMutablePointer<Float>, shared: UnsafeMutablePointer<Float>
  ) {
    let rows = plan.rowsPerGroup
    let first = unit * rows
    plan.patches.transform(
      input, firstTile: first, count: min(rows, plan.tiles - first), matrices: shared + first * plan.inBlocks * 8,
      scratch: local)
  }

  /// Second phase of a split layer (unit: a pass over output channels), or one run of tiles of a fused layer.
  /// `pooled`: where the 2×2, stride 2 maximum of the output goes as well.
  public func multiply(
    unit: Int, plan: Plan, input: BlockedMap, output: BlockedMap, pooled: BlockedMap?,
    local: UnsafeMutablePointer<Float>, shared: UnsafeMutablePointer<Float>
  ) {
    let products = local + WinogradPatches.scratchFloats
    if plan.isSplit {
      multiply(
        plan: plan, output: output, pooled: pooled, firstTile: 0, count: plan.tiles,
        pair: unit, matrices: shared, products: products, scratch: local)
    } else {
      let first = unit * plan.tilesPerRun
      let count = min(plan.tilesPerRun, plan.tiles - first)
      let matrices = products + plan.points * plan.productPointStride
      plan.patches.transform(input, firstTile: first, count: count, matrices: matrices, scratch: local)
      for pair in 0..<plan.outPairs {
        multiply(
          plan: plan, output: output, pooled: pooled, firstTile: first, count: count, pair: pair, matrices: matrices,
          products: products, scratch: local)
      }
    }
  }

  /// Products of `count` tiles with the weights of one pair of output blocks, transformed back and stored.
  private func multiply(
    plan: Plan, output: BlockedMap, pooled: BlockedMap?, firstTile: Int, count: Int, pair: Int,
    matrices: UnsafeMutablePointer<Float>, products: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    let rows = plan.rowsPerGroup
    let groups = (count + rows - 1) / rows
    let panel = plan.inBlocks * 128
    let groupFloats = plan.inBlocks * rows * 8
    // Weights beyond the second-level cache are fetched one point ahead, in step with the products.
    let lines = weights.count > 1 << 18 ? (8 + groups - 1) / groups : 0
    for point in 0..<plan.points {
      let a = UnsafePointer(matrices + point * plan.matrixPointStride)
      let b = UnsafePointer(weights.base + (pair * plan.points + point) * panel)
      let c = products + point * plan.productPointStride
      for group in 0..<groups {
        let next = b + panel + group * lines * plan.inBlocks * 16
        if rows == 6 {
          multiply6x16(a + group * groupFloats, b, blocks: plan.inBlocks, c + group * 96, next: next, lines: lines)
        } else {
          multiply4x16(a + group * groupFloats, b, blocks: plan.inBlocks, c + group * 64, next: next, lines: lines)
        }
      }
    }
    let outBlocks = roundUp(outChannels, to: 8) / 8
    for block in pair * 2..<min(pair * 2 + 2, outBlocks) {
      let lanes = epilogue.lanes(atChannel: block * 8)
      let source = UnsafePointer(products + block % 2 * 8)
      for index in 0..<count {
        storeTile(
          firstTile + index, plan: plan, products: source + index * 16, block: block, lanes: lanes, output: output,
          pooled: pooled, scratch: scratch)
      }
    }
  }

  @inline(__always)
  private func storeTile(
    _ index: Int, plan: Plan, products: UnsafePointer<Float>, block: Int, lanes: LaneEpilogue, output: BlockedMap,
    pooled: BlockedMap?, scratch: UnsafeMutablePointer<Float>
  ) {
    let position = plan.patches.position(of: index)
    let whole = position.y + tile <= plan.height && position.x + tile <= plan.width
    let patch = scratch + 64 * 8
    let place = output.pixel(image: position.image, block: block, y: position.y, x: position.x)
    let target = whole ? place : patch
    let rowStride = whole ? output.rowStride : tile * 8
    switch tile {
    case 2:
      winogradOutput2(
        products, pointStride: plan.productPointStride, target, rowStride: rowStride, scratch: scratch,
        epilogue: lanes)
    case 4:
      winogradOutput4(
        products, pointStride: plan.productPointStride, target, rowStride: rowStride, scratch: scratch,
        epilogue: lanes)
    default:
      winogradOutput6(
        products, pointStride: plan.productPointStride, target, rowStride: rowStride, scratch: scratch,
        epilogue: lanes)
    }
    let height = min(tile, plan.height - position.y)
    let width = min(tile, plan.width - position.x)
    if !whole {
      for y in 0..<height {
        for x in 0..<width { store(load(patch, (y * tile + x) * 8), place, y * output.rowStride + x * 8) }
      }
    }
    if let pooled {
      let corner = pooled.pixel(image: position.image, block: block, y: position.y / 2, x: position.x / 2)
      poolPairs(
        UnsafePointer(target), rowStride: rowStride, corner, targetRowStride: pooled.rowStride, height: height / 2,
        width: width / 2)
    }
  }
}

/// The 2×2, stride 2 maximum of 2·`height` × 2·`width` pixels.
@inline(__always)
func poolPairs(
  _ source: UnsafePointer<Float>, rowStride: Int, _ target: UnsafeMutablePointer<Float>, targetRowStride: Int,
  height: Int, width: Int
) {
  for y in 0..<height {
    let row = source + 2 * y * rowStride
    for x in 0..<width {
      let top = larger(load(row, x * 16), load(row, x * 16 + 8))
      let bottom = larger(load(row, x * 16 + rowStride), load(row, x * 16 + 8 + rowStride))
      store(larger(top, bottom), target, y * targetRowStride + x * 8)
    }
  }
}

@inline(__always)
func larger(_ a: Vector, _ b: Vector) -> Vector { a.replacing(with: b, where: b .> a) }
