// Winograd weights made anew in each step of training, straight from weights (out, in, 3, 3): for the forward pass, and
// for the input's gradient, which is the convolution with input and output channels exchanged and the kernel turned
// by 180 degrees.

extension WinogradConvolution {
  /// Floats of the packed weights of a convolution with these channels.
  public static func packedFloats(inChannels: Int, outChannels: Int, tile: Int) -> Int {
    roundUp(outChannels, to: 16) * (tile + 2) * (tile + 2) * roundUp(inChannels, to: 8)
  }

  /// Pieces of the packing that may be done in any order: blocks of eight output channels, in pairs.
  public static func packUnits(outChannels: Int) -> Int { roundUp(outChannels, to: 16) / 8 }

  /// One piece of `pack` for a convolution of `inChannels` and `outChannels`, into `packed`.
  ///
  /// `isTurned`: `weights` are those of the forward convolution, (in, out, 3, 3) as seen from here, and this is to be
  /// the convolution that takes its output's gradient to its input's.
  public static func pack(
    unit block: Int, _ weights: UnsafePointer<Float>, inChannels: Int, outChannels: Int, tile: Int, isTurned: Bool,
    into packed: UnsafeMutablePointer<Float>
  ) {
    let side = tile + 2
    let inPadded = roundUp(inChannels, to: 8)
    let target = packed + block / 2 * side * side * inPadded * 16 + block % 2 * 8
    let lanes = max(0, min(8, outChannels - block * 8))
    withUnsafeTemporaryAllocation(of: Float.self, capacity: side * 3 + 576 + side * 24) { memory in
      let g = memory.baseAddress!
      let taps = g + side * 3
      let rows = taps + 576
      for (index, value) in winogradWeightMatrix(tile: tile).enumerated() { g[index] = Float(value) }
      var first = 0
      while first < inPadded {
        let channels = min(8, inChannels - first)
        if isTurned {
          gatherTurned(
            weights + (first * outChannels + block * 8) * 9, channelStride: outChannels * 9, channels: channels,
            lanes: lanes, taps)
        } else {
          gather(
            weights + (block * 8 * inChannels + first) * 9, laneStride: inChannels * 9, channels: channels,
            lanes: lanes, taps)
        }
        for channel in 0..<8 {
          switch tile {
          case 2: expand(side: 4, g, taps + channel * 72, rows, target + (first + channel) * 16, inPadded * 16)
          case 4: expand(side: 6, g, taps + channel * 72, rows, target + (first + channel) * 16, inPadded * 16)
          default: expand(side: 8, g, taps + channel * 72, rows, target + (first + channel) * 16, inPadded * 16)
          }
        }
        first += 8
      }
    }
  }
}

/// Kernels of `lanes` output channels, `laneStride` apart, and eight input channels, as channel, tap, lane.
private func gather(
  _ source: UnsafePointer<Float>, laneStride: Int, channels: Int, lanes: Int, _ taps: UnsafeMutablePointer<Float>
) {
  if channels == 8 && lanes == 8 {
    for part in 0..<9 {
      transpose8x8(source + part * 8, stride: laneStride, taps + part * 64, targetStride: 8)
    }
    return
  }
  taps.update(repeating: 0, count: 576)
  for lane in 0..<lanes {
    for index in 0..<channels * 9 { taps[index * 8 + lane] = source[lane * laneStride + index] }
  }
}

/// Turned kernels of `lanes` neighbouring output channels and eight input channels, `channelStride` apart.
private func gatherTurned(
  _ source: UnsafePointer<Float>, channelStride: Int, channels: Int, lanes: Int, _ taps: UnsafeMutablePointer<Float>
) {
  if channels < 8 || lanes < 8 { taps.update(repeating: 0, count: 576) }
  for channel in 0..<channels {
    let from = source + channel * channelStride
    let to = taps + channel * 72
    if lanes == 8 {
      // Rows of nine: the first eight taps of eight kernels, last to first, then the ninth.
      transpose8x8(from, stride: 9, to + 64, targetStride: -8)
      for lane in 0..<8 { to[lane] = from[lane * 9 + 8] }
    } else {
      for lane in 0..<lanes { for tap in 0..<9 { to[(8 - tap) * 8 + lane] = from[lane * 9 + tap] } }
    }
  }
}

/// G g Gᵀ of eight kernels at once; point p goes to `target + p * pointStride`.
@inline(__always)
private func expand(
  side: Int, _ g: UnsafePointer<Float>, _ taps: UnsafePointer<Float>, _ rows: UnsafeMutablePointer<Float>,
  _ target: UnsafeMutablePointer<Float>, _ pointStride: Int
) {
  for x in 0..<3 {
    let (t0, t1, t2) = (load(taps, x * 8), load(taps, x * 8 + 24), load(taps, x * 8 + 48))
    for i in 0..<side {
      store(fma(t0, g[i * 3], fma(t1, g[i * 3 + 1], t2 * g[i * 3 + 2])), rows, (i * 3 + x) * 8)
    }
  }
  for i in 0..<side {
    let (t0, t1, t2) = (load(rows, i * 24), load(rows, i * 24 + 8), load(rows, i * 24 + 16))
    for j in 0..<side {
      store(fma(t0, g[j * 3], fma(t1, g[j * 3 + 1], t2 * g[j * 3 + 2])), target, (i * side + j) * pointStride)
    }
  }
}
