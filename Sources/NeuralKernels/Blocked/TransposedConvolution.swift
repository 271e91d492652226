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
    let steps = roundUp(inChannels, to: 8) / 8
    let taps = strideY * strideX
    precondition(weights.count == inChannels * outChannels * taps)
    let packed = KernelMemory(count: roundUp(outChannels, to: 16) / 16 * taps * steps * 128)
    for channel in 0..<inChannels {
      for out in 0..<outChannels {
        for tap in 0..<taps {
          let row = ((out / 16 * taps + tap) * steps + channel / 8) * 8 + channel % 8
          packed.base[row * 16 + out % 16] = weights[(channel * outChannels + out) * taps + tap]
        }
      }
    }
    return packed
  }

  public func run(unit: Int, input: BlockedMap, output: BlockedMap) {
    let band = unit / pairUnits
    let image = band / bandsPerImage
    let firstRow = (band - image * bandsPerImage) * bandRows
    let rows = min(bandRows, inHeight - firstRow)
    let firstPair = (unit - band * pairUnits) * pairsPerUnit
    let taps = strideY * strideX
    offsets.withUnsafeBufferPointer { offsets in
      for pair in firstPair..<min(firstPair + pairsPerUnit, pairs) {
        let strides = TileStrides(
          offsets: offsets.baseAddress!, steps: offsets.count, inputPixel: 8, outputPixel: 8 * strideX,
          outputBlock: output.blockStride, isPair: pair * 16 + 8 < outChannels,
          lanes0: epilogue.lanes(atChannel: pair * 16), lanes1: epilogue.lanes(atChannel: pair * 16 + 8))
        for tap in 0..<taps {
          let b = UnsafePointer(weights.base + (pair * taps + tap) * offsets.count * 128)
          for row in firstRow..<firstRow + rows {
            blockedRow(
              pixels: inWidth, UnsafePointer(input.pixel(image: image, block: 0, y: row, x: 0)), b,
              output.pixel(image: image, block: pair * 2, y: row * strideY + tap / strideX, x: tap % strideX),
              strides)
          }
        }
      }
    }
  }
}
