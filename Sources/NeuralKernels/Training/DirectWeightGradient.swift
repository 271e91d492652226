/// The weight gradient of a convolution of any kernel, stride and dilation, without groups: a sum of outer products of
/// pixels. Input is blocked, or planar for the first layer of a network; the output's gradient is blocked.
///
/// A transposed convolution is the same with the roles exchanged: its output's gradient is the input here, its input
/// the gradient, and its weights (in, out, kh, kw) come out as they are.
///
/// Layers are cut into slices of pixels that sum apart, and by output channels. The cut does not depend on the number
/// of threads, and so the result does not either.
public final class DirectWeightGradient: Sendable {
  let geometry: ConvolutionGeometry
  let isPlanar: Bool
  private let outPairs: Int
  private let bandRows: Int
  private let bandsPerImage: Int
  private let slices: Int
  private let copiesInput: Bool
  /// Where each row of the weights, channel and tap, finds its first input value, and how many rows there are with
  /// those that fill up the last tile.
  private let offsets: [Int]
  private let rows: Int

  /// - Precondition: `geometry.groups` is 1.
  public init(geometry g: ConvolutionGeometry, isPlanar: Bool) {
    precondition(g.groups == 1)
    geometry = g
    self.isPlanar = isPlanar
    outPairs = roundUp(g.outChannels, to: 16) / 16
    let band = min(g.outHeight, max(1, (128 + g.outWidth - 1) / g.outWidth))
    bandRows = band
    bandsPerImage = (g.outHeight + band - 1) / band
    slices = min(g.images * bandsPerImage, max(1, 16 / outPairs))
    copiesInput = !g.isInside
    let lanes = isPlanar ? 1 : 8
    let width = (copiesInput ? g.inputSpan : g.inWidth) * lanes
    let plane = (copiesInput ? g.inputRows(for: band) : g.inHeight) * width
    rows = g.inChannels * g.kernelHeight * g.kernelWidth
    var offsets: [Int] = []
    for channel in 0..<g.inChannels {
      for y in 0..<g.kernelHeight {
        for x in 0..<g.kernelWidth {
          offsets.append(channel / lanes * plane + channel % lanes + y * g.dilationY * width + x * g.dilationX * lanes)
        }
      }
    }
    while offsets.count % 6 > 0 { offsets.append(0) }
    self.offsets = offsets
  }

  public var multiplyUnits: Int { slices * outPairs }
  public var finishUnits: Int { outPairs }

  /// Floats of scratch that each thread needs for itself, and that all share. Need not be cleared.
  public var scratchPerThread: Int { copiesInput ? geometry.bandFloats(rows: bandRows, isPlanar: isPlanar) : 0 }
  public var sharedScratch: Int { slices * outPairs * pairFloats }

  public var operations: Int { geometry.operations }

  private var pairFloats: Int { offsets.count * 16 }

  /// Sums of one slice of pixels and one pair of output blocks, into `shared`.
  public func multiply(
    unit: Int, input: BlockedMap, gradient: BlockedMap, local: UnsafeMutablePointer<Float>,
    shared: UnsafeMutablePointer<Float>
  ) {
    let g = geometry
    let slice = unit / outPairs
    let pair = unit - slice * outPairs
    let sums = shared + (slice * outPairs + pair) * pairFloats
    let lanes = isPlanar ? 1 : 8
    let bands = g.images * bandsPerImage
    let isPair = pair * 16 + 8 < g.outChannels
    let first = slice * bands / slices
    for band in first..<(slice + 1) * bands / slices {
      let image = band / bandsPerImage
      let firstRow = (band - image * bandsPerImage) * bandRows
      let whole = UnsafePointer(input.base + image * input.imageStride)
      var strides = OuterStrides(
        rows: min(bandRows, g.outHeight - firstRow), pixels: g.outWidth, inputRow: g.strideY * g.inWidth * lanes,
        inputPixel: g.strideX * lanes, gradientRow: gradient.rowStride,
        gradientBlock: isPair ? gradient.blockStride : 0)
      var source = whole + firstRow * strides.inputRow
      if copiesInput {
        copyBand(g, whole, firstRow: firstRow, rows: bandRows, isPlanar: isPlanar, to: local)
        source = UnsafePointer(local)
        strides.inputRow = g.strideY * g.inputSpan * lanes
      }
      let b = UnsafePointer(gradient.pixel(image: image, block: pair * 2, y: firstRow, x: 0))
      offsets.withUnsafeBufferPointer { offsets in
        var row = 0
        while row < offsets.count {
          outerTile(source, offsets.baseAddress! + row, b, strides, sums + row * 16, adding: band > first)
          row += 6
        }
      }
    }
  }

  /// Adds the slices of one pair of output blocks in order, into `weights` (out, in, kh, kw).
  public func finish(unit: Int, weights: UnsafeMutablePointer<Float>, shared: UnsafeMutablePointer<Float>) {
    let sums = shared + unit * pairFloats
    for slice in 1..<max(slices, 1) {
      let other = sums + slice * outPairs * pairFloats
      var at = 0
      while at < pairFloats {
        store(load(sums, at) + load(other, at), sums, at)
        at += 8
      }
    }
    storePanel(
      sums, rows: rows, lanes: min(16, geometry.outChannels - unit * 16), weights + unit * 16 * rows, stride: rows)
  }
}

/// How the pixels of a band lie.
private struct OuterStrides {
  let rows: Int
  let pixels: Int
  var inputRow: Int
  let inputPixel: Int
  let gradientRow: Int
  let gradientBlock: Int
}

/// `c` (6 × 16, dense) = or += the sum over a band's pixels of the six inputs at `offsets` times 16 gradients.
@inline(never)
private func outerTile(
  _ a: UnsafePointer<Float>, _ offsets: UnsafePointer<Int>, _ b: UnsafePointer<Float>, _ strides: OuterStrides,
  _ c: UnsafeMutablePointer<Float>, adding: Bool
) {
  var tile = ProductTile()
  let (o1, o2, o3) = (offsets[1] - offsets[0], offsets[2] - offsets[0], offsets[3] - offsets[0])
  let (o4, o5) = (offsets[4] - offsets[0], offsets[5] - offsets[0])
  let first = a + offsets[0]
  for row in 0..<strides.rows {
    var a = first + row * strides.inputRow
    var b = b + row * strides.gradientRow
    for _ in 0..<strides.pixels {
      let (b0, b1) = (load(b), load(b, strides.gradientBlock))
      let a0 = Vector(repeating: a[0]), a1 = Vector(repeating: a[o1])
      tile.c00 = fma(a0, b0, tile.c00)
      tile.c01 = fma(a0, b1, tile.c01)
      tile.c10 = fma(a1, b0, tile.c10)
      tile.c11 = fma(a1, b1, tile.c11)
      let a2 = Vector(repeating: a[o2]), a3 = Vector(repeating: a[o3])
      tile.c20 = fma(a2, b0, tile.c20)
      tile.c21 = fma(a2, b1, tile.c21)
      tile.c30 = fma(a3, b0, tile.c30)
      tile.c31 = fma(a3, b1, tile.c31)
      let a4 = Vector(repeating: a[o4]), a5 = Vector(repeating: a[o5])
      tile.c40 = fma(a4, b0, tile.c40)
      tile.c41 = fma(a4, b1, tile.c41)
      tile.c50 = fma(a5, b0, tile.c50)
      tile.c51 = fma(a5, b1, tile.c51)
      a += strides.inputPixel
      b += 8
    }
  }
  if adding { tile.accumulate(rows: 6, c) }
  tile.storeDense(rows: 6, c)
}
