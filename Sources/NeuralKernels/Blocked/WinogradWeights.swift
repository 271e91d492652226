extension WinogradConvolution {
  /// G g Gᵀ of every kernel of `weights` (out, in, 3, 3), as output pair of blocks, point, input channel, 16 output
  /// channels.
  public static func pack(
    _ weights: UnsafeBufferPointer<Float>, inChannels: Int, outChannels: Int, tile: Int
  ) -> KernelMemory {
    precondition(weights.count == inChannels * outChannels * 9 && [2, 4, 6].contains(tile))
    let side = tile + 2
    let points = side * side
    let inPadded = roundUp(inChannels, to: 8)
    let packed = KernelMemory(count: roundUp(outChannels, to: 16) * points * inPadded)
    let g = KernelMemory(count: side * 3)
    for (index, value) in winogradWeightMatrix(tile: tile).enumerated() { g.base[index] = Float(value) }
    let rows = KernelMemory(count: side * 3 * 8)
    for block in 0..<(outChannels + 7) / 8 {
      let lanes = min(8, outChannels - block * 8)
      for channel in 0..<inChannels {
        let kernels = weights.baseAddress! + (block * 8 * inChannels + channel) * 9
        let target = packed.base + (block / 2 * points * inPadded + channel) * 16 + block % 2 * 8
        transformWeights(
          kernels, kernelStride: inChannels * 9, lanes: lanes, side: side, UnsafePointer(g.base), rows.base, target,
          pointStride: inPadded * 16)
      }
    }
    withExtendedLifetime((g, rows)) {}
    return packed
  }
}

/// G g Gᵀ of `lanes` kernels at once, `kernelStride` floats apart; point p goes to `target + p * pointStride`.
private func transformWeights(
  _ kernels: UnsafePointer<Float>, kernelStride: Int, lanes: Int, side: Int, _ g: UnsafePointer<Float>,
  _ rows: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<Float>, pointStride: Int
) {
  for x in 0..<3 {
    var taps = (Vector.zero, Vector.zero, Vector.zero)
    for lane in 0..<lanes {
      let kernel = kernels + lane * kernelStride + x
      taps.0[lane] = kernel[0]
      taps.1[lane] = kernel[3]
      taps.2[lane] = kernel[6]
    }
    for i in 0..<side {
      let value = fma(taps.0, g[i * 3], fma(taps.1, g[i * 3 + 1], taps.2 * g[i * 3 + 2]))
      store(value, rows, (i * 3 + x) * 8)
    }
  }
  for i in 0..<side {
    let (t0, t1, t2) = (load(rows, i * 24), load(rows, i * 24 + 8), load(rows, i * 24 + 16))
    for j in 0..<side {
      let value = fma(t0, g[j * 3], fma(t1, g[j * 3 + 1], t2 * g[j * 3 + 2]))
      store(value, target, (i * side + j) * pointStride)
    }
  }
}
