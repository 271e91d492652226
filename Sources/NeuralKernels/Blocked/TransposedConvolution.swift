/// A transposed convolution whose kernel equals its stride (2×2 by 2 in a U-Net): every output pixel comes from one
/// input pixel, so that the layer is one product per position in the kernel, stored straight into its place.
public final class TransposedConvolution: Sendable {
  let images: Int
  let inChannels: Int
  let outChannels: Int
  let inHeight: Int
  let inWidth: Int
  let strideY: Int
  let strideX: Int
  let weights: KernelMemory
  let epilogue: Epilogue
  private let bandRows: Int
  private let bandsPerImage: Int
  private let pairs: Int
  private let pairsPerUnit: Int
  private let pairUnits: Int
  private let offsets: [Int]

  public var units: Int { images * bandsPerImage * pairUnits }

  /// Operations, a multiply-add counting two.
  public var operations: Int { 2 * images * inHeight * inWidth * strideY * strideX * inChannels * outChannels }

  /// `weights` as `pack` arranged them.
  public init(
    images: Int, inChannels: Int, outChannels: Int, inHeight: Int, inWidth: Int, strideY: Int, strideX: Int,
    weights: KernelMemory, epilogue: Epilogue, threads: Int
  ) {
    self.images = images
    self.inChannels = inChannels
    self.outChannels = outChannels
    self.inHeight = inHeight
    self.inWidth = inWidth
    self.strideY = strideY
    self.strideX = strideX
    self.weights = weights
    self.epilogue = epilogue
    let steps = roundUp(inChannels, to: 8) / 8
    pairs = roundUp(outChannels, to: 16) / 16
    let band = min(inHeight, max(1, (64 + inWidth - 1) / inWidth))
    bandRows = band
    bandsPerImage = (inHeight + band - 1) / band
    let wanted = threads == 1 ? 1 : 4 * threads
    let chunks = min(pairs, max(1, wanted / max(1, images * bandsPerImage)))
    pairsPerUnit = (pairs + chunks - 1) / chunks
    pairUnits = (pairs + pairsPerUnit - 1) / pairsPerUnit
    offsets = (0..<steps).map { $0 * inHeight * inWidth * 8 }
  }

  /// Arranges `weights` (in, out, strideY, strideX), row-major.
  public static func pack(
    _ weights: UnsafeBufferPointer<Float>, inChannels: Int, outChannels: Int, strideY: Int, strideX: Int
  ) -> KernelMemory {
    let taps = strideY * strideX
    precondition(weights.count == inChannels * outChannels * taps)
    let packed = KernelMemory(
      count: packedFloats(inChannels: inChannels, outChannels: outChannels, strideY: strideY, strideX: strideX))
    pack(
      weights.baseAddress!, inputs: 0..<inChannels, inChannels: inChannels, outChannels: outChannels, taps: taps,
      into: packed.base)
    return packed
  }

  /// Floats of the packed weights.
  public static func packedFloats(inChannels: Int, outChannels: Int, strideY: Int, strideX: Int) -> Int {
    roundUp(outChannels, to: 16) * strideY * strideX * roundUp(inChannels, to: 8)
  }

  /// Arranges the weights of some input channels into memory that holds zeros wherever no weight goes.
  public static func pack(
    _ weights: UnsafePointer<Float>, inputs: Range<Int>, inChannels: Int, outChannels: Int, taps: Int,
    into packed: UnsafeMutablePointer<Float>
  ) {
    let steps = roundUp(inChannels, to: 8) / 8
    for channel in inputs {
      for out in 0..<outChannels {
        for tap in 0..<taps {
          let row = ((out / 16 * taps + tap) * steps + channel / 8) * 8 + channel % 8
          packed[row * 16 + out % 16] = weights[(channel * outChannels + out) * taps + tap]
        }
      }
    }
  }

  /// Input blocks whose weights for 16 channels (8 KB) stay in the first-level cache.
  private static var blocksPerPass: Int { 16 }

  /// Floats of scratch that each thread needs: partial sums of one band.
  public var scratchPerThread: Int { offsets.count >= Self.blocksPerPass ? bandRows * inWidth * 16 : 0 }

  public func run(unit: Int, input: BlockedMap, output: BlockedMap, local: UnsafeMutablePointer<Float>) {
    let band = unit / pairUnits
    let image = band / bandsPerImage
    let firstRow = (band - image * bandsPerImage) * bandRows
    let rows = min(bandRows, inHeight - firstRow)
    let firstPair = (unit - band * pairUnits) * pairsPerUnit
    let blocks = offsets.count
    for pair in firstPair..<min(firstPair + pairsPerUnit, pairs) {
      for tap in 0..<strideY * strideX {
        let b = UnsafePointer(weights.base + (pair * strideY * strideX + tap) * blocks * 128)
        if blocks >= Self.blocksPerPass {
          runInPasses(
            image: image, pair: pair, tap: tap, firstRow: firstRow, rows: rows, b, input: input, output: output,
            local: local)
        } else {
          runAtOnce(
            image: image, pair: pair, tap: tap, rows: firstRow..<firstRow + rows, b, input: input, output: output)
        }
      }
    }
  }

  /// All input channels in one go, each row of pixels straight into its place.
  private func runAtOnce(
    image: Int, pair: Int, tap: Int, rows: Range<Int>, _ b: UnsafePointer<Float>, input: BlockedMap,
    output: BlockedMap
  ) {
    offsets.withUnsafeBufferPointer { offsets in
      let strides = TileStrides(
        offsets: offsets.baseAddress!, steps: offsets.count, inputPixel: 8, outputPixel: 8 * strideX,
        outputBlock: output.blockStride, isPair: pair * 16 + 8 < outChannels,
        lanes0: epilogue.lanes(atChannel: pair * 16), lanes1: epilogue.lanes(atChannel: pair * 16 + 8))
      for row in rows {
        blockedRow(
          pixels: inWidth, UnsafePointer(input.pixel(image: image, block: 0, y: row, x: 0)), b,
          output.pixel(image: image, block: pair * 2, y: row * strideY + tap / strideX, x: tap % strideX), strides)
      }
    }
  }

  /// Sums over some input channels at a time in `local`, then out to their places.
  private func runInPasses(
    image: Int, pair: Int, tap: Int, firstRow: Int, rows: Int, _ b: UnsafePointer<Float>, input: BlockedMap,
    output: BlockedMap, local: UnsafeMutablePointer<Float>
  ) {
    var block = 0
    while block < offsets.count {
      let count = min(Self.blocksPerPass, offsets.count - block)
      partialProducts(
        pixels: rows * inWidth, UnsafePointer(input.pixel(image: image, block: block, y: firstRow, x: 0)),
        blockStride: input.blockStride, blocks: count, b + block * 128, local, adding: block > 0)
      block += count
    }
    for half in 0..<(pair * 16 + 8 < outChannels ? 2 : 1) {
      let lanes = epilogue.lanes(atChannel: pair * 16 + half * 8)
      for row in 0..<rows {
        let target = output.pixel(
          image: image, block: pair * 2 + half, y: (firstRow + row) * strideY + tap / strideX, x: tap % strideX)
        let source = local + row * inWidth * 16 + half * 8
        for x in 0..<inWidth { store(lanes.apply(load(source, x * 16)), target, x * strideX * 8) }
      }
    }
  }
}
