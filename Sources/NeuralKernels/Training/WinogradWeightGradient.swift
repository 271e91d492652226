/// The weight gradient of a 3×3 convolution of stride 1 by the transpose of Winograd's F(m×m, 3×3), m = 2, 4 or 6
/// (Lavin and Gray, arXiv:1509.09308): dW = Gᵀ [Σ over tiles (A dy Aᵀ) ⊙ (Bᵀ x B)] G.
///
/// Layers with few channels are cut into slices of tiles: each slice sums into memory of its own, which stays in the
/// second-level cache, and `finish` adds the slices in order. Layers with many channels transform all tiles first
/// and are then cut by output channels, so that each sum is made in one go. Neither cut depends on the number of
/// threads, and so the result does not either.
public final class WinogradWeightGradient: Sendable {
  let images: Int
  let inChannels: Int
  let outChannels: Int
  /// Output size.
  let height: Int
  let width: Int
  let tile: Int
  private let patches: WinogradPatches
  private let outBlocks: Int
  private let outPairs: Int
  private let tiles: Int
  private let tilesPerRun: Int
  private let slices: Int
  /// Matrices of the output gradient: floats from one tile to the next and from one point to the next.
  private let gradientStride: Int
  private let gradientPointStride: Int
  private let matrix: [Float]

  /// Whether all tiles are transformed before any product is made.
  public let isSplit: Bool

  private var points: Int { (tile + 2) * (tile + 2) }
  private var inRows: Int { patches.blocks * 8 }
  /// Floats of the sums of one pair of output blocks: point, input channel, 16 output channels.
  private var pairFloats: Int { points * inRows * 16 }
  private var matrixFloats: Int { points * patches.pointStride }

  /// `height`, `width`: of the output. `split` forces the two phases apart or together.
  public init(
    images: Int, inChannels: Int, outChannels: Int, height: Int, width: Int, padTop: Int, padLeft: Int, tile: Int,
    split: Bool? = nil
  ) {
    precondition([2, 4, 6].contains(tile))
    self.images = images
    self.inChannels = inChannels
    self.outChannels = outChannels
    self.height = height
    self.width = width
    self.tile = tile
    let points = (tile + 2) * (tile + 2)
    let inBlocks = roundUp(inChannels, to: 8) / 8
    outBlocks = roundUp(outChannels, to: 8) / 8
    outPairs = roundUp(outChannels, to: 16) / 16
    let tilesX = (width + tile - 1) / tile
    let tilesPerImage = tilesX * ((height + tile - 1) / tile)
    tiles = images * tilesPerImage
    let sumBytes = points * inBlocks * outPairs * 512
    // Measured: with many tiles, writing their matrices out costs more than reading large sums again.
    isSplit = split ?? (sumBytes > 3 << 20 && tiles <= 256)
    // A run's matrices of both sides fill half of the second-level cache.
    let bytesPerTile = points * (inBlocks * 8 + outPairs * 16) * 4
    let run = isSplit ? tiles : min(max((512 << 10) / bytesPerTile, 24), 96)
    tilesPerRun = min(run, tiles)
    slices = isSplit ? 0 : min(max(8, images), (tiles + tilesPerRun - 1) / tilesPerRun)
    // One line more than the channels fill, lest the tiles of one channel share a set of the cache.
    let inStride = inBlocks * 8 + 16
    gradientStride = outPairs * 16 + 16
    patches = WinogradPatches(
      tile: tile, tilesX: tilesX, tilesPerImage: tilesPerImage, padTop: padTop, padLeft: padLeft, blocks: inBlocks,
      rowsPerGroup: 1, groupStride: inStride, pointStride: tilesPerRun * inStride + 16)
    gradientPointStride = tilesPerRun * gradientStride + 16
    matrix = winogradWeightMatrix(tile: tile).map(Float.init)
  }

  /// Units of the first phase (none when fused), of the products, and of the last phase (none when split).
  public var transformUnits: Int { isSplit ? (tiles + Self.tilesPerUnit - 1) / Self.tilesPerUnit : 0 }
  public var multiplyUnits: Int { isSplit ? outPairs : slices }
  public var finishUnits: Int { isSplit ? 0 : outPairs * patches.blocks }

  /// Floats of scratch that each thread needs for itself, and that all share. Need not be cleared.
  public var scratchPerThread: Int {
    let small = WinogradPatches.scratchFloats + Self.panelFloats
    return small + (isSplit ? pairFloats : matrixFloats + points * gradientPointStride)
  }
  public var sharedScratch: Int {
    isSplit ? matrixFloats + points * gradientPointStride : slices * outPairs * (pairFloats + 16)
  }

  /// Operations as direct convolution, a multiply-add counting two.
  public var operations: Int { 18 * images * height * width * inChannels * outChannels }

  private static var tilesPerUnit: Int { 16 }
  /// A block of input channels: 72 rows of 16, beside points of eight channels and scratch of a transform.
  private static var panelFloats: Int { 72 * 16 + 64 * 16 + 24 * 8 }

  /// First phase of a split layer.
  public func transform(
    unit: Int, input: BlockedMap, gradient: BlockedMap, local: UnsafeMutablePointer<Float>,
    shared: UnsafeMutablePointer<Float>
  ) {
    let first = unit * Self.tilesPerUnit
    let count = min(Self.tilesPerUnit, tiles - first)
    patches.transform(
      input, firstTile: first, count: count, matrices: shared + first * patches.groupStride, scratch: local)
    transformGradient(
      gradient, firstTile: first, count: count, matrices: shared + matrixFloats + first * gradientStride,
      scratch: local)
  }

  /// Products: of one pair of output blocks over all tiles (split), straight into `weights` (out, in, 3, 3); or of one
  /// slice of tiles (fused), into `shared`. `bias`: where the sums of the output gradient go, if anywhere.
  public func multiply(
    unit: Int, input: BlockedMap, gradient: BlockedMap, weights: UnsafeMutablePointer<Float>,
    bias: UnsafeMutablePointer<Float>?, local: UnsafeMutablePointer<Float>, shared: UnsafeMutablePointer<Float>
  ) {
    let large = local + WinogradPatches.scratchFloats + Self.panelFloats
    if isSplit {
      let gradients = UnsafePointer(shared + matrixFloats)
      multiply(pair: unit, tiles: tiles, UnsafePointer(shared), gradients, sums: large, adding: false)
      for block in 0..<patches.blocks {
        finish(pair: unit, block: block, large, slices: 1, sliceStride: 0, weights: weights, local: local)
      }
      if let bias {
        addBiasSums(gradients + unit * 16, tiles: tiles, vectors: 2, local, adding: false)
        for lane in 0..<min(16, outChannels - unit * 16) { bias[unit * 16 + lane] = local[lane] }
      }
      return
    }
    let runs = (tiles + tilesPerRun - 1) / tilesPerRun
    let sums = shared + unit * outPairs * pairFloats
    let first = unit * runs / slices
    for run in first..<(unit + 1) * runs / slices {
      let start = run * tilesPerRun
      let count = min(tilesPerRun, tiles - start)
      let gradients = large + matrixFloats
      patches.transform(input, firstTile: start, count: count, matrices: large, scratch: local)
      transformGradient(gradient, firstTile: start, count: count, matrices: gradients, scratch: local)
      for pair in 0..<outPairs {
        multiply(
          pair: pair, tiles: count, UnsafePointer(large), UnsafePointer(gradients), sums: sums + pair * pairFloats,
          adding: run > first)
      }
      if bias != nil {
        addBiasSums(
          gradients, tiles: count, vectors: outPairs * 2, biasSums(of: unit, shared), adding: run > first)
      }
    }
  }

  /// Last phase of a fused layer: adds the slices of one block of input channels of one pair of output blocks and
  /// transforms them into `weights` (out, in, 3, 3).
  public func finish(
    unit: Int, weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>?,
    local: UnsafeMutablePointer<Float>, shared: UnsafeMutablePointer<Float>
  ) {
    let pair = unit / patches.blocks
    let block = unit - pair * patches.blocks
    finish(
      pair: pair, block: block, shared + pair * pairFloats, slices: slices, sliceStride: outPairs * pairFloats,
      weights: weights, local: local)
    if let bias, block == 0 {
      for channel in pair * 16..<min(pair * 16 + 16, outChannels) {
        var sum: Float = 0
        for slice in 0..<slices { sum += biasSums(of: slice, shared)[channel] }
        bias[channel] = sum
      }
    }
  }

  /// The sums of the output gradient over a slice's tiles.
  private func biasSums(of slice: Int, _ shared: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    shared + slices * outPairs * pairFloats + slice * outPairs * 16
  }

  /// Adds up tiles of the output gradient: at the point (1, 1) of A dy Aᵀ stands the sum of the tile.
  private func addBiasSums(
    _ gradients: UnsafePointer<Float>, tiles: Int, vectors: Int, _ target: UnsafeMutablePointer<Float>, adding: Bool
  ) {
    let point = gradients + (tile + 3) * gradientPointStride
    for vector in 0..<vectors {
      var sum = Vector.zero
      for tile in 0..<tiles { sum += load(point, tile * gradientStride + vector * 8) }
      store(adding ? load(target, vector * 8) + sum : sum, target, vector * 8)
    }
  }

  /// Sums of one pair of output blocks at every point, over tiles whose matrices begin at `a` and `b`.
  private func multiply(
    pair: Int, tiles: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, sums: UnsafeMutablePointer<Float>,
    adding: Bool
  ) {
    // So many tiles that sixteen output channels of them stay in the first-level cache.
    let longest = 256
    for point in 0..<points {
      let c = sums + point * inRows * 16
      var tile = 0
      while tile < tiles {
        let count = min(longest, tiles - tile)
        outerProducts(
          rows: inRows, a + point * patches.pointStride + tile * patches.groupStride, aStride: patches.groupStride,
          b + point * gradientPointStride + tile * gradientStride + pair * 16, bStride: gradientStride, count: count, c,
          adding: adding || tile > 0)
        tile += count
      }
    }
  }

  private func finish(
    pair: Int, block: Int, _ sums: UnsafePointer<Float>, slices: Int, sliceStride: Int,
    weights: UnsafeMutablePointer<Float>, local: UnsafeMutablePointer<Float>
  ) {
    let panel = local + WinogradPatches.scratchFloats
    let folded = panel + 72 * 16
    let scratch = folded + 64 * 16
    let channels = min(8, inChannels - block * 8)
    let lanes = min(16, outChannels - pair * 16)
    matrix.withUnsafeBufferPointer { g in
      for channel in 0..<channels {
        let row = sums + (block * 8 + channel) * 16
        for half in 0..<2 {
          var (source, stride) = (row + half * 8, inRows * 16)
          if slices > 1 {
            for point in 0..<points {
              var sum = load(source, point * stride)
              for slice in 1..<slices { sum += load(source, point * stride + slice * sliceStride) }
              store(sum, folded, point * 8)
            }
            (source, stride) = (UnsafePointer(folded), 8)
          }
          winogradWeightGradient(
            side: tile + 2, g.baseAddress!, source, pointStride: stride, panel + channel * 144 + half * 8,
            scratch: scratch)
        }
      }
    }
    storePanel(
      panel, rows: channels * 9, lanes: lanes, weights + (pair * 16 * inChannels + block * 8) * 9,
      stride: inChannels * 9)
  }

  /// A dy Aᵀ of `count` tiles: point, tile, channel. What lies past the output's edge counts as zero.
  @inline(never)
  private func transformGradient(
    _ gradient: BlockedMap, firstTile: Int, count: Int, matrices: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let patch = scratch + 48 * 8
    for index in 0..<count {
      let position = patches.position(of: firstTile + index)
      let (rows, columns) = (min(tile, height - position.y), min(tile, width - position.x))
      let isWhole = rows == tile && columns == tile
      for block in 0..<outBlocks {
        var source = UnsafePointer(gradient.pixel(image: position.image, block: block, y: position.y, x: position.x))
        var rowStride = gradient.rowStride
        if !isWhole {
          patch.update(repeating: 0, count: tile * tile * 8)
          for y in 0..<rows { (patch + y * tile * 8).update(from: source + y * rowStride, count: columns * 8) }
          (source, rowStride) = (UnsafePointer(patch), tile * 8)
        }
        winogradGradient(
          tile: tile, source, rowStride: rowStride, matrices + index * gradientStride + block * 8,
          pointStride: gradientPointStride, scratch: scratch)
      }
    }
  }
}
