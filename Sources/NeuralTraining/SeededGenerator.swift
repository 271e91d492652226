/// A small, fast generator of random bits whose whole state is one number: SplitMix64 (Steele, Lea and Flood, 2014).
/// The same seed gives the same numbers on every machine.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Hashable {
  /// Everything there is to save.
  public var state: UInt64

  /// Any seed will do.
  public init(seed: UInt64) { state = seed }

  /// Continues where a generator with this state left off.
  public init(state: UInt64) { self.state = state }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// A number in 0..<1, all 24 bits of it random.
  public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  static func mixed(_ state: UInt64) -> UInt64 {
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }
}
