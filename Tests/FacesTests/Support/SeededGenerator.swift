@testable import Faces

/// A small repeatable source of randomness (SplitMix64), so that a property test that fails fails again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension BoundingBox {
  /// A box of whole pixels, 10 to 60 wide and tall, in a picture of 200 × 200.
  static func random(using generator: inout SeededGenerator) -> BoundingBox {
    let left = Double(Int.random(in: 1...140, using: &generator))
    let top = Double(Int.random(in: 1...140, using: &generator))
    return BoundingBox(
      left: left, top: top, right: left + Double(Int.random(in: 9...59, using: &generator)),
      bottom: top + Double(Int.random(in: 9...59, using: &generator)))
  }
}
