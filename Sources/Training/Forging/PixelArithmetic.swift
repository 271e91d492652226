/// What is done to every pixel. Written out, because the standard library's `pointwiseMax` and `clamped` are calls that
/// take the lanes one by one.
extension SIMD4<Float> {
  /// Each lane held to `low`...`high`.
  @inline(__always) func held(from low: Float, to high: Float) -> Self {
    let raised = replacing(with: low, where: self .< low)
    return raised.replacing(with: high, where: raised .> high)
  }

  /// Each lane held to 0...255.
  @inline(__always) var inPixelRange: Self { held(from: 0, to: 255) }

  /// Each lane without its sign.
  @inline(__always) var magnitudes: Self { replacing(with: .zero - self, where: self .< .zero) }

  /// The largest lane.
  @inline(__always) var largest: Float { Swift.max(Swift.max(x, y), Swift.max(z, w)) }

  /// The larger of each two lanes.
  @inline(__always) func larger(_ other: Self) -> Self { replacing(with: other, where: other .> self) }
}
