/// Names one training pair: with the same draw a source must give the same pair, on any thread and at any time.
///
/// That is what makes a run repeatable while several threads prepare its batches, and what lets it go on after an
/// interruption without keeping any generator's state: the step is enough.
public struct PairDraw: Sendable, Hashable {
  /// Whose faces are drawn from.
  public enum Part: UInt64, Sendable, Hashable {
    /// The faces that the weights learn from.
    case training = 1
    /// Faces of other people, on which nothing is ever trained.
    case heldOut = 2
  }

  /// The run's own seed.
  public let seed: UInt64
  public let part: Part
  /// Step of the run, from 0; 0 for held-out pairs.
  public let step: Int
  /// Place of the pair in its batch, from 0.
  public let slot: Int
  /// 0 is blatant, 1 as subtle as the source can make it.
  public let difficulty: Double

  public init(seed: UInt64, part: Part, step: Int, slot: Int, difficulty: Double) {
    precondition((0...1).contains(difficulty), "difficulty \(difficulty) lies outside 0...1")
    (self.seed, self.part, self.step, self.slot, self.difficulty) = (seed, part, step, slot, difficulty)
  }

  /// What seeds the pair's own generator: seed, part, step and slot mixed so that neighbours have nothing in common.
  ///
  /// Each field passes the finaliser of SplitMix64 (Steele, Lea, Flood 2014), which maps 64 bits to 64 bits one to one.
  /// - Parameter attempt: counts up when the pair of the earlier attempt could not be made.
  public func generatorSeed(attempt: Int = 0) -> UInt64 {
    [part.rawValue, UInt64(step), UInt64(slot), UInt64(attempt)].reduce(Self.mixed(seed)) { Self.mixed($0 ^ $1) }
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
