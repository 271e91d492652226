/// Counts of ballots.
public struct Tally: Sendable, Hashable {
  public var fake = 0
  public var real = 0
  public var abstained = 0

  public init(fake: Int = 0, real: Int = 0, abstained: Int = 0) {
    self.fake = fake
    self.real = real
    self.abstained = abstained
  }

  /// Ballots that say something: fake or real.
  public var decided: Int { fake + real }

  /// Share of the decided ballots that say fake, 0...1; 0 when none was decided.
  public var fakeShare: Double { decided == 0 ? 0 : Double(fake) / Double(decided) }

  /// Share of all ballots that were decided, 0...1: how much of the time there was a usable face.
  public var coverage: Double {
    let all = decided + abstained
    return all == 0 ? 0 : Double(decided) / Double(all)
  }

  static func += (left: inout Tally, right: Tally) {
    left.fake += right.fake
    left.real += right.real
    left.abstained += right.abstained
  }

  /// Counts one ballot: fake, real, or (nil) neither.
  mutating func count(_ isFake: Bool?) {
    switch isFake {
    case true?: fake += 1
    case false?: real += 1
    case nil: abstained += 1
    }
  }

  mutating func discount(_ isFake: Bool?) {
    switch isFake {
    case true?: fake -= 1
    case false?: real -= 1
    case nil: abstained -= 1
    }
  }
}
