/// A convolution of one kernel per channel, on the blocked layout. A unit of work is one block of one image.
public final class DepthwiseConvolution: Sendable {
  let geometry: ConvolutionGeometry
  let weights: KernelMemory
  let epilogue: Epilogue

  public var units: Int { geometry.images * blocks }
  private var blocks: Int { roundUp(geometry.inChannels, to: 8) / 8 }

  /// Floats of scratch that each thread needs: one padded plane of a block.
  public var scratchPerThread: Int {
    geometry.isInside ? 0 : geometry.inputRows(for: geometry.outHeight) * geometry.inputSpan * 8
  }

  /// `weights` as `pack` arranged them.
  public init(geometry: ConvolutionGeometry, weights: KernelMemory, epilogue: Epilogue) {
    precondition(geometry.groups == geometry.inChannels && geometry.outChannels == geometry.inChannels)
    self.geometry = geometry
    self.weights = weights
    self.epilogue = epilogue
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

  public func run(unit: Int, input: BlockedMap, output: BlockedMap, local: UnsafeMutablePointer<Float>) {
    let g = geometry
    let image = unit / blocks
    let block = unit - image * blocks
    var source = UnsafePointer(input.pixel(image: image, block: block, y: 0, x: 0))
    var width = g.inWidth
    if !g.isInside {
      width = g.inputSpan
      copyPadded(source, to: local)
      source = UnsafePointer(local)
    }
    let lanes = epilogue.lanes(atChannel: block * 8)
    let kernel = UnsafePointer(weights.base + block * g.kernelHeight * g.kernelWidth * 8)
    let step = g.strideX * 8
    for y in 0..<g.outHeight {
      let row = source + y * g.strideY * width * 8
      let target = output.pixel(image: image, block: block, y: y, x: 0)
      var x = 0
      while x < g.outWidth {
        // Past the end the last tile of four steps back and computes a few pixels twice.
        if g.outWidth >= 4 { x = min(x, g.outWidth - 4) }
        let wide = g.outWidth >= 4
        let from = row + x * step
        var s0 = Vector.zero, s1 = Vector.zero, s2 = Vector.zero, s3 = Vector.zero
        for ky in 0..<g.kernelHeight {
          for kx in 0..<g.kernelWidth {
            let w = load(kernel, (ky * g.kernelWidth + kx) * 8)
            let at = (ky * g.dilationY * width + kx * g.dilationX) * 8
            s0 = fma(load(from, at), w, s0)
            if wide {
              s1 = fma(load(from, at + step), w, s1)
              s2 = fma(load(from, at + 2 * step), w, s2)
              s3 = fma(load(from, at + 3 * step), w, s3)
            }
          }
        }
        store(lanes.apply(s0), target, x * 8)
        if wide {
          store(lanes.apply(s1), target, x * 8 + 8)
          store(lanes.apply(s2), target, x * 8 + 16)
          store(lanes.apply(s3), target, x * 8 + 24)
        }
        x += wide ? 4 : 1
      }
    }
  }

  private func copyPadded(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    let g = geometry
    let rows = g.inputRows(for: g.outHeight)
    let span = g.inputSpan
    let first = min(g.padLeft, span)
    let columns = max(0, min(g.inWidth, span - first))
    for row in 0..<rows {
      let to = target + row * span * 8
      let y = row - g.padTop
      if y < 0 || y >= g.inHeight {
        to.update(repeating: 0, count: span * 8)
        continue
      }
      to.update(repeating: 0, count: first * 8)
      (to + first * 8).update(from: source + y * g.inWidth * 8, count: columns * 8)
      (to + (first + columns) * 8).update(repeating: 0, count: (span - first - columns) * 8)
    }
  }
}
