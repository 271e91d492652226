internal import Foundation

/// A repeatable source of randomness whose whole state is one number: SplitMix64 (Steele, Lea, Flood 2014).
///
/// The draws below are written out, because those of the standard library may change with its version.
public struct SeededRandom: RandomNumberGenerator, Sendable, Hashable, Codable {
  /// What to keep in order to go on later.
  public private(set) var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// In 0 ..< 1, all 53 bits random.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Between `low` and `high`.
  public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

  /// True with probability `share`.
  public mutating func chance(_ share: Double) -> Bool { unit() < share }

  /// Of mean 0 and standard deviation 1 (Box and Muller 1958).
  public mutating func normal() -> Double {
    let radius = (-2 * log(max(unit(), 0x1p-53))).squareRoot()
    return radius * cos(2 * .pi * unit())
  }

  /// In 0 ..< count. - Precondition: `count` is above 0.
  public mutating func index(_ count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

  /// In `low ... high`.
  public mutating func integer(_ low: Int, _ high: Int) -> Int { low + index(high - low + 1) }

  /// One of `choices`, which are not empty.
  public mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[index(choices.count)] }

  /// A generator of its own, whose draws have nothing to do with this one's next ones.
  public mutating func fork() -> SeededRandom { SeededRandom(seed: next()) }
}
