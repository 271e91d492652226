/// A convolution of any kernel, stride, dilation and grouping as a sum of small products, without a patch matrix.
///
/// Input is either blocked or, for the first layer of a network with its few channels, planar (N, C, H, W); output is
/// blocked. Groups are joined until they fill whole blocks (their weights then hold zeros off the diagonal).
public final class DirectConvolution: Sendable {
  let geometry: ConvolutionGeometry
  let isPlanar: Bool
  let weights: KernelMemory
  let epilogue: Epilogue
  /// Groups after joining, and their sizes.
  let groups: Int
  let inPerGroup: Int
  let outPerGroup: Int

  /// Input blocks per group: eight channels each (blocked) or one (planar).
  private let inSteps: Int
  /// Output rows per unit of work, and output pairs per unit.
  private let bandRows: Int
  private let pairsPerUnit: Int
  private let bandsPerImage: Int
  private let pairUnits: Int
  private let copiesInput: Bool
  private let offsets: [Int]

  /// Floats of scratch that each thread needs.
  public var scratchPerThread: Int {
    copiesInput ? geometry.bandFloats(rows: bandRows, isPlanar: isPlanar) : 0
  }

  public var units: Int { geometry.images * bandsPerImage * pairUnits }

  /// Whether the joined groups still make whole blocks, so that this kernel can run them.
  public static func supports(_ geometry: ConvolutionGeometry) -> Bool {
    joinedGroups(geometry) != nil
  }

  private static func joinedGroups(_ geometry: ConvolutionGeometry) -> Int? {
    if geometry.groups == 1 { return 1 }
    let inputs = geometry.inChannels / geometry.groups
    let outputs = geometry.outChannels / geometry.groups
    for joined in 1...geometry.groups where geometry.groups % joined == 0 {
      if inputs * joined % 8 == 0 && outputs * joined % 16 == 0 { return geometry.groups / joined }
    }
    return nil
  }

  /// `weights` as `pack` arranged them; `threads`: how many will share the units.
  public init(
    geometry: ConvolutionGeometry, isPlanar: Bool, weights: KernelMemory, epilogue: Epilogue, threads: Int
  ) {
    let g = geometry.withJoinedRows
    let groups = isPlanar ? 1 : Self.joinedGroups(g)!
    precondition(!isPlanar || g.groups == 1)
    let inPerGroup = g.inChannels / groups
    let outPerGroup = g.outChannels / groups
    self.geometry = g
    self.isPlanar = isPlanar
    self.weights = weights
    self.epilogue = epilogue
    self.groups = groups
    self.inPerGroup = inPerGroup
    self.outPerGroup = outPerGroup
    let steps = isPlanar ? inPerGroup : roundUp(inPerGroup, to: 8) / 8
    inSteps = steps
    let lanes = isPlanar ? 1 : 8
    let pairs = roundUp(outPerGroup, to: 16) / 16
    // Bands of rows make units for the threads; deep layers of few rows are cut by output channels too.
    let pixelsPerBand = isPlanar ? 512 : 96
    let band = min(g.outHeight, max(1, (pixelsPerBand + g.outWidth - 1) / g.outWidth))
    bandRows = band
    bandsPerImage = (g.outHeight + band - 1) / band
    let allPairs = groups * pairs
    let wanted = threads == 1 ? 1 : 4 * threads
    let pairChunks = min(allPairs, max(1, wanted / max(1, g.images * bandsPerImage)))
    pairsPerUnit = (allPairs + pairChunks - 1) / pairChunks
    pairUnits = (allPairs + pairsPerUnit - 1) / pairsPerUnit
    copiesInput = !g.isInside
    let width = copiesInput ? g.inputSpan : g.inWidth
    let height = copiesInput ? g.inputRows(for: band) : g.inHeight
    var offsets: [Int] = []
    for y in 0..<g.kernelHeight {
      for x in 0..<g.kernelWidth {
        for step in 0..<steps {
          offsets.append((step * height * width + y * g.dilationY * width + x * g.dilationX) * lanes)
        }
      }
    }
    self.offsets = offsets
  }

  /// Arranges `weights` (out, in / groups, height, width), row-major, for either kind of input.
  public static func pack(
    _ weights: UnsafeBufferPointer<Float>, geometry g: ConvolutionGeometry, isPlanar: Bool
  ) -> KernelMemory {
    let packed = KernelMemory(count: packedFloats(g, isPlanar: isPlanar))
    pack(weights.baseAddress!, geometry: g, isPlanar: isPlanar, outputs: 0..<g.outChannels, into: packed.base)
    return packed
  }

  /// Floats of the packed weights.
  public static func packedFloats(_ g: ConvolutionGeometry, isPlanar: Bool) -> Int {
    let groups = isPlanar ? 1 : joinedGroups(g)!
    let (inputs, outputs) = (g.inChannels / groups, g.outChannels / groups)
    return groups * roundUp(outputs, to: 16) * g.kernelHeight * g.kernelWidth
      * (isPlanar ? inputs : roundUp(inputs, to: 8))
  }

  /// Arranges the weights of some output channels into memory that holds zeros wherever no weight goes.
  public static func pack(
    _ weights: UnsafePointer<Float>, geometry g: ConvolutionGeometry, isPlanar: Bool, outputs: Range<Int>,
    into packed: UnsafeMutablePointer<Float>
  ) {
    let groups = isPlanar ? 1 : joinedGroups(g)!
    let inPerGroup = g.inChannels / groups
    let outPerGroup = g.outChannels / groups
    let steps = isPlanar ? inPerGroup : roundUp(inPerGroup, to: 8) / 8
    let taps = g.kernelHeight * g.kernelWidth
    let lanes = isPlanar ? 1 : 8
    let pairs = roundUp(outPerGroup, to: 16) / 16
    let originalIn = g.inChannels / g.groups
    let originalOut = g.outChannels / g.groups
    for out in outputs {
      let group = out / outPerGroup
      let within = out - group * outPerGroup
      let firstIn = out / originalOut * originalIn - group * inPerGroup
      for channel in 0..<originalIn {
        let input = firstIn + channel
        for tap in 0..<taps {
          let step = tap * steps + input / lanes
          let row = ((group * pairs + within / 16) * taps * steps + step) * lanes + input % lanes
          packed[row * 16 + within % 16] = weights[(out * originalIn + channel) * taps + tap]
        }
      }
    }
  }

  /// Runs one unit. `input`: blocked, or planar with `imageStride` floats per image.
  public func run(unit: Int, input: BlockedMap, output: BlockedMap, local: UnsafeMutablePointer<Float>) {
    let g = geometry
    let band = unit / pairUnits
    let image = band / bandsPerImage
    let firstRow = (band - image * bandsPerImage) * bandRows
    let rows = min(bandRows, g.outHeight - firstRow)
    let firstPair = (unit - band * pairUnits) * pairsPerUnit
    let pairsPerGroup = roundUp(outPerGroup, to: 16) / 16
    let lanes = isPlanar ? 1 : 8
    var source = UnsafePointer(input.base + image * input.imageStride)
    var rowStride = g.inWidth * lanes
    var planeStride = g.inHeight * g.inWidth * lanes
    if copiesInput {
      copyBand(
        g, UnsafePointer(input.base + image * input.imageStride), firstRow: firstRow, rows: bandRows,
        isPlanar: isPlanar, to: local)
      source = UnsafePointer(local)
      rowStride = g.inputSpan * lanes
      planeStride = g.inputRows(for: bandRows) * rowStride
    } else {
      source += firstRow * g.strideY * rowStride
    }
    offsets.withUnsafeBufferPointer { offsets in
      for pair in firstPair..<min(firstPair + pairsPerUnit, groups * pairsPerGroup) {
        let group = pair / pairsPerGroup
        let channel = group * outPerGroup + (pair - group * pairsPerGroup) * 16
        let strides = TileStrides(
          offsets: offsets.baseAddress!, steps: offsets.count, inputPixel: g.strideX * lanes, outputPixel: 8,
          outputBlock: output.blockStride, isPair: channel + 8 < g.outChannels,
          lanes0: epilogue.lanes(atChannel: channel), lanes1: epilogue.lanes(atChannel: channel + 8))
        let a = source + group * inSteps * planeStride
        let b = UnsafePointer(weights.base + pair * offsets.count * lanes * 16)
        for row in 0..<rows {
          let c = output.pixel(image: image, block: channel / 8, y: 0, x: (firstRow + row) * g.outWidth)
          let from = a + row * g.strideY * rowStride
          if isPlanar {
            planarRow(pixels: g.outWidth, from, b, c, strides)
          } else {
            blockedRow(pixels: g.outWidth, from, b, c, strides)
          }
        }
      }
    }
  }
}

extension ConvolutionGeometry {
  /// Floats of the input rows of a band of output rows, with their padding.
  func bandFloats(rows: Int, isPlanar: Bool) -> Int {
    (isPlanar ? inChannels : roundUp(inChannels, to: 8)) * inputRows(for: rows) * inputSpan
  }
}

/// Copies the input rows of the `bandRows` output rows from `firstRow` with their padding: plane, row, column (, lane).
func copyBand(
  _ g: ConvolutionGeometry, _ source: UnsafePointer<Float>, firstRow: Int, rows bandRows: Int, isPlanar: Bool,
  to target: UnsafeMutablePointer<Float>
) {
  let lanes = isPlanar ? 1 : 8
  let planes = isPlanar ? g.inChannels : roundUp(g.inChannels, to: 8) / 8
  let rows = g.inputRows(for: bandRows)
  let span = g.inputSpan
  let firstColumn = min(g.padLeft, span)
  let columns = max(0, min(g.inWidth, span - firstColumn))
  for plane in 0..<planes {
    for row in 0..<rows {
      let y = firstRow * g.strideY - g.padTop + row
      let to = target + (plane * rows + row) * span * lanes
      if y < 0 || y >= g.inHeight {
        to.update(repeating: 0, count: span * lanes)
        continue
      }
      let from = source + (plane * g.inHeight + y) * g.inWidth * lanes
      to.update(repeating: 0, count: firstColumn * lanes)
      (to + firstColumn * lanes).update(from: from, count: columns * lanes)
      (to + (firstColumn + columns) * lanes).update(repeating: 0, count: (span - firstColumn - columns) * lanes)
    }
  }
}
