/// A convolution of one kernel per channel, on the blocked layout. A unit of work is one block of one image.
public final class DepthwiseConvolution: Sendable {
  let geometry: ConvolutionGeometry
  let weights: KernelMemory
  let epilogue: Epilogue
  /// The same for the channels of one block, and output rows of it whose input, with its margin, stays in the first
  /// cache while they are made.
  private let oneBlock: ConvolutionGeometry
  private let bandRows: Int

  public var units: Int { geometry.images * blocks }
  private var blocks: Int { roundUp(geometry.inChannels, to: 8) / 8 }

  /// `weights` as `pack` arranged them.
  public init(geometry: ConvolutionGeometry, weights: KernelMemory, epilogue: Epilogue) {
    precondition(geometry.groups == geometry.inChannels && geometry.outChannels == geometry.inChannels)
    self.geometry = geometry
    self.weights = weights
    self.epilogue = epilogue
    var block = geometry
    (block.inChannels, block.outChannels, block.groups) = (8, 8, 8)
    oneBlock = block
    let rows = 24_576 / (geometry.inputSpan * 32)
    bandRows = min(max((rows - geometry.inputRows(for: 1)) / geometry.strideY + 1, 1), geometry.outHeight)
  }

  /// Arranges `weights` (channels, 1, height, width), row-major.
  public static func pack(_ weights: UnsafeBufferPointer<Float>, geometry: ConvolutionGeometry) -> KernelMemory {
    let taps = geometry.kernelHeight * geometry.kernelWidth
    let packed = KernelMemory(count: roundUp(geometry.inChannels, to: 16) * taps)
    for channel in 0..<geometry.inChannels {
      for tap in 0..<taps {
        packed.base[(channel / 8 * taps + tap) * 8 + channel % 8] = weights[channel * taps + tap]
      }
    }
    return packed
  }

  /// Floats of scratch that each thread needs: the input rows of a band of one block, with their margin.
  public var scratchPerThread: Int {
    geometry.isInside ? 0 : oneBlock.bandFloats(rows: bandRows, isPlanar: false)
  }

  public func run(unit: Int, input: BlockedMap, output: BlockedMap, local: UnsafeMutablePointer<Float>) {
    let g = geometry
    let (image, block) = unit.quotientAndRemainder(dividingBy: blocks)
    let plane = UnsafePointer(input.pixel(image: image, block: block, y: 0, x: 0))
    let kernel = UnsafePointer(weights.base + block * g.kernelHeight * g.kernelWidth * 8)
    let lanes = epilogue.lanes(atChannel: block * 8)
    for first in stride(from: 0, to: g.outHeight, by: bandRows) {
      let rows = min(bandRows, g.outHeight - first)
      if !g.isInside { copyBand(oneBlock, plane, firstRow: first, rows: rows, isPlanar: false, to: local) }
      let width = g.isInside ? g.inWidth : g.inputSpan
      let source = g.isInside ? plane + first * g.strideY * width * 8 : UnsafePointer(local)
      for y in 0..<rows {
        let from = source + y * g.strideY * width * 8
        let to = output.pixel(image: image, block: block, y: first + y, x: 0)
        // The usual widths are known to the compiler, which then writes the taps of a row one after another.
        switch g.kernelWidth {
        case 3: row(from, width: width, kernel, lanes, to, kernelWidth: 3)
        case 5: row(from, width: width, kernel, lanes, to, kernelWidth: 5)
        default: row(from, width: width, kernel, lanes, to, kernelWidth: g.kernelWidth)
        }
      }
    }
  }

  /// One row of outputs, four at a time; past the end the last four step back and are computed twice.
  @inline(__always)
  private func row(
    _ from: UnsafePointer<Float>, width: Int, _ kernel: UnsafePointer<Float>, _ lanes: LaneEpilogue,
    _ to: UnsafeMutablePointer<Float>, kernelWidth: Int
  ) {
    let g = geometry
    let shape = Taps(
      height: g.kernelHeight, line: g.dilationY * width * 8, column: g.dilationX * 8, step: g.strideX * 8)
    if g.outWidth >= 4 {
      for x in stride(from: 0, to: g.outWidth, by: 4) {
        let x = min(x, g.outWidth - 4)
        tile(pixels: 4, from + x * shape.step, kernel, lanes, to + x * 8, shape, kernelWidth: kernelWidth)
      }
    } else {
      for x in 0..<g.outWidth {
        tile(pixels: 1, from + x * shape.step, kernel, lanes, to + x * 8, shape, kernelWidth: kernelWidth)
      }
    }
  }

  /// Rows of the kernel, and floats from one tap to the one below it, to the one beside it, from one output to the next.
  private struct Taps {
    let height: Int
    let line: Int
    let column: Int
    let step: Int
  }

  /// Neighbouring outputs, which share each weight once it is loaded.
  @inline(__always)
  private func tile(
    pixels: Int, _ from: UnsafePointer<Float>, _ kernel: UnsafePointer<Float>, _ lanes: LaneEpilogue,
    _ to: UnsafeMutablePointer<Float>, _ taps: Taps, kernelWidth: Int
  ) {
    var s0 = Vector.zero, s1 = Vector.zero, s2 = Vector.zero, s3 = Vector.zero
    var (line, weight) = (from, kernel)
    for _ in 0..<taps.height {
      var at = line
      for _ in 0..<kernelWidth {
        let w = load(weight)
        s0 = fma(load(at), w, s0)
        if pixels == 4 {
          s1 = fma(load(at, taps.step), w, s1)
          s2 = fma(load(at, 2 &* taps.step), w, s2)
          s3 = fma(load(at, 3 &* taps.step), w, s3)
        }
        weight += 8
        at += taps.column
      }
      line += taps.line
    }
    store(lanes.apply(s0), to)
    if pixels == 4 {
      store(lanes.apply(s1), to, 8)
      store(lanes.apply(s2), to, 16)
      store(lanes.apply(s3), to, 24)
    }
  }
}
