/// Which kernel runs a convolution on the blocked layout.
public enum ConvolutionKernel: Sendable, Hashable {
  case direct
  /// Winograd with tiles of this many pixels a side.
  case winograd(tile: Int)
  case depthwise
}

extension ConvolutionGeometry {
  /// The kernel that should take least time, by a model of it fitted to measurements (Zen 4, 3.7 GHz): products at
  /// the measured rate, 0.2 ns for each value that a transform reads or writes, weights streamed from memory at
  /// 25 GB/s.
  public var fastestKernel: ConvolutionKernel {
    if groups > 1 && groups == inChannels && groups == outChannels { return .depthwise }
    let isPlainThree =
      kernelHeight == 3 && kernelWidth == 3 && strideY == 1 && strideX == 1 && dilationY == 1 && dilationX == 1
      && groups == 1
    guard isPlainThree, inChannels >= 8, outChannels >= 8 else { return .direct }
    var best = ConvolutionKernel.direct
    var least = directNanoseconds
    for tile in [2, 4, 6] {
      let time = winogradNanoseconds(tile: tile)
      if time < least { (best, least) = (.winograd(tile: tile), time) }
    }
    return best
  }

  private var paddedChannels: (in: Double, out: Double) {
    (Double(roundUp(inChannels, to: 8)), Double(roundUp(outChannels, to: 16)))
  }

  private var directNanoseconds: Double {
    let products = 9 * paddedChannels.in * paddedChannels.out
    return products * (Double(images * outHeight * outWidth) * 2 / 88 + 4 / 25.0)
  }

  private func winogradNanoseconds(tile: Int) -> Double {
    let tiles = images * ((outHeight + tile - 1) / tile) * ((outWidth + tile - 1) / tile)
    let rows = tiles <= 4 || tiles == 16 ? roundUp(tiles, to: 4) : roundUp(tiles, to: 6)
    let points = Double((tile + 2) * (tile + 2))
    let (inputs, outputs) = paddedChannels
    return points * (inputs * outputs * (Double(rows) * 2 / 115 + 4 / 25.0) + Double(tiles) * (inputs + outputs) * 0.2)
  }
}
