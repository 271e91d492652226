/// What happens to a convolution's sum before it is stored.
public enum Activation: Int32, Sendable {
  case none
  case relu
  /// Slope of its own per channel (LeakyReLU: the same for all).
  case sloped
  case sigmoid
  /// Clamped to 0...6.
  case relu6
  /// x · sigmoid(x)
  case swish
  case hardSwish
}

/// Bias and activation of a whole layer.
public final class Epilogue: Sendable {
  let activation: Activation
  /// One float per output channel, then zeros to a whole pair of blocks (16); likewise the slopes.
  let bias: KernelMemory
  let slopes: KernelMemory

  /// `bias`: per output channel, or empty for none. `slopes`: per output channel for `.sloped`, otherwise empty.
  public init(
    _ activation: Activation, bias: UnsafeBufferPointer<Float>, slopes: UnsafeBufferPointer<Float>, channels: Int
  ) {
    precondition(bias.isEmpty || bias.count == channels)
    precondition(activation == .sloped ? slopes.count == channels : slopes.isEmpty)
    self.activation = activation
    self.bias = KernelMemory(bias, paddedTo: roundUp(channels, to: 16))
    self.slopes = KernelMemory(slopes, paddedTo: roundUp(channels, to: 16))
  }

  /// Gives the layer another bias of as many values; nobody may be using the epilogue meanwhile.
  public func setBias(_ values: UnsafePointer<Float>, channels: Int) {
    precondition(channels <= bias.count)
    bias.base.update(from: values, count: channels)
  }

  @inline(__always)
  func lanes(atChannel channel: Int) -> LaneEpilogue {
    LaneEpilogue(activation: activation, bias: load(bias.base, channel), slope: load(slopes.base, channel))
  }

  /// The same bias and slope in every lane.
  @inline(__always)
  func broadcast(channel: Int) -> LaneEpilogue {
    LaneEpilogue(
      activation: activation, bias: Vector(repeating: bias.base[channel]),
      slope: Vector(repeating: slopes.base[channel]))
  }
}

/// Bias and activation of the eight channels of one block.
struct LaneEpilogue {
  let activation: Activation
  let bias: Vector
  let slope: Vector

  @inline(__always)
  func apply(_ sum: Vector) -> Vector {
    let x = sum + bias
    switch activation {
    case .relu: return x.replacing(with: Vector.zero, where: x .< Vector.zero)
    case .none: return x
    case .relu6: return clamped(x, to: 6)
    case .sloped: return x.replacing(with: x * slope, where: x .< Vector.zero)
    default: return rareActivation(activation, x)
    }
  }
}

@inline(never)
private func rareActivation(_ activation: Activation, _ x: Vector) -> Vector {
  switch activation {
  case .sigmoid: boundedSigmoid(x)
  case .swish: x * boundedSigmoid(x)
  case .hardSwish: x * clamped(fma(x, 1 / 6.0, Vector(repeating: 0.5)), to: 1)
  default: x
  }
}

@inline(__always)
private func clamped(_ x: Vector, to top: Float) -> Vector {
  let high = Vector(repeating: top)
  let y = x.replacing(with: Vector.zero, where: x .< Vector.zero)
  return y.replacing(with: high, where: y .> high)
}

/// 1 / (1 + e⁻ˣ), relative error below 3e-7.
@inline(__always)
private func boundedSigmoid(_ x: Vector) -> Vector {
  Vector(repeating: 1) / (boundedExponential(-x) + 1)
}

/// eˣ for x clamped to -87...88: 2ⁿ · eʳ with |r| ≤ ln 2 / 2 and a polynomial of degree 6 (relative error < 2e-7).
@inline(__always)
private func boundedExponential(_ x: Vector) -> Vector {
  let low = Vector(repeating: -87)
  let high = Vector(repeating: 88)
  var bounded = x.replacing(with: low, where: x .< low)
  bounded = bounded.replacing(with: high, where: bounded .> high)
  // Adding 1.5 · 2²³ rounds to an integer, which the low bits of the sum then spell out.
  let shift = Vector(repeating: 12_582_912)
  let shifted = fma(bounded, 1.442_695_04, shift)
  let n = shifted - shift
  let r = fma(n, 2.121_944_4e-4, fma(n, -0.693_359_375, bounded))
  var p = Vector(repeating: 1.987_569_15e-4)
  p = fma(p, r, Vector(repeating: 1.398_199_95e-3))
  p = fma(p, r, Vector(repeating: 8.333_451_9e-3))
  p = fma(p, r, Vector(repeating: 4.166_579_6e-2))
  p = fma(p, r, Vector(repeating: 1.666_666_55e-1))
  p = fma(p, r, Vector(repeating: 5.000_000_1e-1))
  let value = fma(p * r, r, r) + 1
  let bits = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &- 0x4B40_0000
  let scale = unsafeBitCast((bits &+ 127) &<< 23, to: Vector.self)
  return value * scale
}
