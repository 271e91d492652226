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
