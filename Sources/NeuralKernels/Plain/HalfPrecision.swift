/// Widens IEEE half-precision bit patterns; exact, subnormals, infinities and NaN included.
public func widenHalf(_ bits: UnsafePointer<UInt16>, _ values: UnsafeMutablePointer<Float>, count: Int) {
  for i in 0..<count {
    let half = UInt32(bits[i])
    let magnitude = half & 0x7FFF
    // Moving the exponent field over leaves it 112 too small, for subnormals as well.
    var widened = (Float(bitPattern: magnitude << 13) * 0x1p112).bitPattern
    if magnitude >= 0x7C00 { widened = magnitude << 13 | 0x7F80_0000 }
    values[i] = Float(bitPattern: widened | (half & 0x8000) << 16)
  }
}

/// Rounds to IEEE half precision, ties to even; beyond 65,504 the result is infinite, NaN stays NaN.
public func narrowToHalf(_ values: UnsafePointer<Float>, _ bits: UnsafeMutablePointer<UInt16>, count: Int) {
  // The sum with 0.5 aligns a subnormal's last bit with that of a half.
  let aligner = Float(bitPattern: 126 << 23)
  for i in 0..<count {
    let pattern = values[i].bitPattern
    let magnitude = pattern & 0x7FFF_FFFF
    let half: UInt32 =
      if magnitude > 0x7F80_0000 {
        0x7E00
      } else if magnitude >= 0x4780_0000 {
        0x7C00
      } else if magnitude < 0x3880_0000 {
        (Float(bitPattern: magnitude) + aligner).bitPattern &- aligner.bitPattern
      } else {
        (magnitude &- (112 << 23) &+ 0xFFF &+ (magnitude >> 13 & 1)) >> 13
      }
    bits[i] = UInt16(truncatingIfNeeded: half | (pattern >> 16 & 0x8000))
  }
}
