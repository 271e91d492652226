internal import Forensics

/// What is sought: the highest balanced accuracy over files among the points that keep to the limits of false alarms. Of
/// equals, the one with fewer false alarms; then the one that tells single frames apart best; then the one nearest to where
/// the model stands.
struct Merit: Sendable {
  let isWithinLimits: Bool
  let balancedAccuracy: Double
  let alarms: Int
  /// Real files that end as fake.
  let falselyCalled: Double
  let frameAccuracy: Double
  let distance: Double

  /// The best point as judged by some of the sources, and whether it keeps to the limits on them.
  static func best(
    of outcomes: GridOutcomes, over sources: [Int], limits: ErrorLimits, present: OperatingPoint
  ) -> (place: GridOutcomes.Place, isWithinLimits: Bool) {
    var best: (place: GridOutcomes.Place, merit: Merit)?
    for place in outcomes.places {
      let merit = Merit(place, outcomes, over: sources, limits: limits, present: present)
      if let held = best, !merit.isBetter(than: held.merit) { continue }
      best = (place, merit)
    }
    return (best?.place ?? GridOutcomes.Place(rule: 0, vote: 0), best?.merit.isWithinLimits ?? false)
  }

  init(
    _ place: GridOutcomes.Place, _ outcomes: GridOutcomes, over sources: [Int], limits: ErrorLimits,
    present: OperatingPoint
  ) {
    var confusion = ConfusionCounts()
    var (alarms, seconds) = (0, 0.0)
    var rates = (fake: (sum: 0.0, count: 0.0), real: (sum: 0.0, count: 0.0))
    for source in sources {
      let scored = outcomes.sources[source]
      let outcome = outcomes.outcome(place, source: source)
      confusion.count(isFake: scored.item.isFake, isCalledFake: outcome.isCalledFake)
      if !scored.item.isFake, !scored.isStill {
        alarms += Int(outcome.alarms)
        seconds += scored.seconds
      }
      let frames = outcomes.frames(place, source: source)
      guard frames.judged > 0 else { continue }
      let share = Double(frames.firing) / Double(frames.judged)
      if scored.item.isFake {
        rates.fake = (rates.fake.sum + share, rates.fake.count + 1)
      } else {
        rates.real = (rates.real.sum + 1 - share, rates.real.count + 1)
      }
    }
    self.alarms = alarms
    falselyCalled = confusion.falsePositives
    isWithinLimits =
      limits.allow(alarms: Double(alarms), seconds: seconds)
      && limits.allow(calledFake: falselyCalled, reals: confusion.reals)
    balancedAccuracy = confusion.balancedAccuracy ?? confusion.accuracy ?? 0
    frameAccuracy = rates.fake.sum / max(rates.fake.count, 1) + rates.real.sum / max(rates.real.count, 1)
    let rule = outcomes.grid.rules[place.rule]
    let votes = outcomes.grid.votes[place.vote]
    distance =
      abs(Double(rule.threshold - present.threshold))
      + (rule.minimumComponent == present.minimumComponent ? 0 : 0.1)
      + abs(votes.line - present.votes.line) + abs(votes.margin - present.votes.margin)
      + abs(votes.dwell - present.votes.dwell) / 10
  }

  func isBetter(than other: Merit) -> Bool {
    // Sums over the same sources in the same order: what differs by less than this is equal.
    let least = 1e-9
    if isWithinLimits != other.isWithinLimits { return isWithinLimits }
    // Beyond the limits the way back to it comes first.
    if !isWithinLimits, alarms != other.alarms { return alarms < other.alarms }
    if !isWithinLimits, falselyCalled != other.falselyCalled { return falselyCalled < other.falselyCalled }
    if abs(balancedAccuracy - other.balancedAccuracy) > least { return balancedAccuracy > other.balancedAccuracy }
    if alarms != other.alarms { return alarms < other.alarms }
    if abs(frameAccuracy - other.frameAccuracy) > least { return frameAccuracy > other.frameAccuracy }
    return distance < other.distance - least
  }
}
