/// A 1×1 convolution to a few channels, from blocked input to planar output (N, C, H, W): the head of a network.
public final class HeadConvolution: Sendable {
  let inChannels: Int
  let outChannels: Int
  let weights: KernelMemory
  let epilogue: Epilogue

  /// `weights` as `pack` arranged them.
  public init(inChannels: Int, outChannels: Int, weights: KernelMemory, epilogue: Epilogue) {
    self.inChannels = inChannels
    self.outChannels = outChannels
    self.weights = weights
    self.epilogue = epilogue
  }

  /// Arranges `weights` (out, in): each output's, padded with zeros to whole blocks.
  public static func pack(_ weights: UnsafeBufferPointer<Float>, inChannels: Int, outChannels: Int) -> KernelMemory {
    precondition(weights.count == inChannels * outChannels)
    let padded = roundUp(inChannels, to: 8)
    let packed = KernelMemory(count: outChannels * padded)
    for out in 0..<outChannels {
      for channel in 0..<inChannels { packed.base[out * padded + channel] = weights[out * inChannels + channel] }
    }
    return packed
  }

  /// Pixels `range` of one image: `source` (⌈in / 8⌉, `pixels`, 8) to `target` (out, `pixels`).
  public func run(
    pixels range: Range<Int>, of pixels: Int, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>
  ) {
    let blocks = roundUp(inChannels, to: 8) / 8
    for out in 0..<outChannels {
      let kernel = UnsafePointer(weights.base + out * blocks * 8)
      let lanes = epilogue.broadcast(channel: out)
      var pixel = range.lowerBound
      while pixel + 8 <= range.upperBound {
        store(
          lanes.apply(eightSums(source + pixel * 8, blockStride: pixels * 8, kernel, blocks)), target,
          out * pixels + pixel)
        pixel += 8
      }
      while pixel < range.upperBound {
        var sum = Vector.zero
        for block in 0..<blocks { sum = fma(load(source, (block * pixels + pixel) * 8), load(kernel, block * 8), sum) }
        target[out * pixels + pixel] = lanes.apply(Vector(repeating: sum.sum()))[0]
        pixel += 1
      }
    }
  }

  /// The products of eight neighbouring pixels with one kernel.
  @inline(__always)
  private func eightSums(
    _ source: UnsafePointer<Float>, blockStride: Int, _ kernel: UnsafePointer<Float>, _ blocks: Int
  ) -> Vector {
    var s0 = Vector.zero, s1 = Vector.zero, s2 = Vector.zero, s3 = Vector.zero
    var s4 = Vector.zero, s5 = Vector.zero, s6 = Vector.zero, s7 = Vector.zero
    var from = source
    for block in 0..<blocks {
      let w = load(kernel, block * 8)
      s0 = fma(load(from), w, s0)
      s1 = fma(load(from, 8), w, s1)
      s2 = fma(load(from, 16), w, s2)
      s3 = fma(load(from, 24), w, s3)
      s4 = fma(load(from, 32), w, s4)
      s5 = fma(load(from, 40), w, s5)
      s6 = fma(load(from, 48), w, s6)
      s7 = fma(load(from, 56), w, s7)
      from += blockStride
    }
    let (a0, a1, a2, a3) = (folded(s0, s1), folded(s2, s3), folded(s4, s5), folded(s6, s7))
    let (b0, b1) = (folded(a0, a1), folded(a2, a3))
    return folded(b0, b1)
  }
}

/// Halves two vectors: sums of neighbouring lanes, first of `a`, then of `b`.
@inline(__always)
private func folded(_ a: Vector, _ b: Vector) -> Vector {
  Vector(lowHalf: a.evenHalf, highHalf: b.evenHalf) + Vector(lowHalf: a.oddHalf, highHalf: b.oddHalf)
}
