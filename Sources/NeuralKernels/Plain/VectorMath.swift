/// Transcendental functions on eight lanes at once.
///
/// All reduce their argument and evaluate a polynomial; errors are stated per function, measured against `Double`.

@inline(__always)
func splat(_ value: Float) -> SIMD8<Float> { SIMD8(repeating: value) }

/// e^x. Relative error below 2e-7 where the result is a normal number; smaller results become 0, larger ones infinity.
@inline(__always)
func eightExponentials(_ x: SIMD8<Float>) -> SIMD8<Float> {
  // x = n ln 2 + r with |r| <= ln 2 / 2; adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
  let shifter = splat(12_582_912)
  let shifted = splat(1.442_695_04).addingProductInOrder(x, shifter)
  let n = shifted - shifter
  var r = splat(-0.693_359_375).addingProductInOrder(n, x)
  r = splat(2.121_944_4e-4).addingProductInOrder(n, r)
  var p = splat(1.987_569_2e-4)
  p = p.addingProductInOrder(r, splat(1.398_199_95e-3))
  p = p.addingProductInOrder(r, splat(8.333_452e-3))
  p = p.addingProductInOrder(r, splat(4.166_579_6e-2))
  p = p.addingProductInOrder(r, splat(1.666_666_5e-1))
  p = p.addingProductInOrder(r, splat(5.000_000_1e-1))
  p = p.addingProductInOrder(r * r, r) + splat(1)
  // 2^n in two halves, so that neither leaves the range of normal exponents.
  let exponent = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &- SIMD8<Int32>(repeating: 0x4B40_0000)
  let half = exponent &>> SIMD8<Int32>(repeating: 1)
  let bias = SIMD8<Int32>(repeating: 127)
  let shift = SIMD8<Int32>(repeating: 23)
  let low = unsafeBitCast((half &+ bias) &<< shift, to: SIMD8<Float>.self)
  let high = unsafeBitCast((exponent &- half &+ bias) &<< shift, to: SIMD8<Float>.self)
  var result = p * low * high
  result.replace(with: splat(0), where: x .< splat(-87.336_54))
  result.replace(with: splat(.infinity), where: x .> splat(88.722_83))
  return result
}

/// 1 / (1 + e^-x). Absolute error below 1.2e-7.
@inline(__always)
func logistic(_ x: SIMD8<Float>) -> SIMD8<Float> { splat(1) / (splat(1) + eightExponentials(-x)) }

/// tanh x. Relative error below 3e-7: an odd polynomial below 0.625, the quotient of exponentials above.
@inline(__always)
func hyperbolicTangent(_ x: SIMD8<Float>) -> SIMD8<Float> {
  let square = x * x
  var p = splat(-5.704_988_7e-3)
  p = p.addingProductInOrder(square, splat(2.063_908_9e-2))
  p = p.addingProductInOrder(square, splat(-5.373_971_6e-2))
  p = p.addingProductInOrder(square, splat(1.333_144_2e-1))
  p = p.addingProductInOrder(square, splat(-3.333_328_2e-1))
  let small = x + x * square * p
  let decay = eightExponentials(x + x)
  var large = splat(1) - splat(2) / (decay + splat(1))
  large.replace(with: small, where: square .< splat(0.390_625))
  return large
}

extension SIMD8<Float> {
  /// `self * factor + addend`, fused.
  @inline(__always)
  func addingProductInOrder(_ factor: SIMD8<Float>, _ addend: SIMD8<Float>) -> SIMD8<Float> {
    addend.addingProduct(self, factor)
  }
}
