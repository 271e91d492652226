/// The ballots of the last seconds of one track, with their tally and their score kept up to date.
struct VoteWindow: Sendable {
  let rule: VoteRule
  let threshold: Float
  private(set) var ballots: [Ballot] = []
  private(set) var tally = Tally()
  /// Scores of the decided ballots, ascending.
  private var scores: [Float] = []

  init(rule: VoteRule, threshold: Float) {
    self.rule = rule
    self.threshold = threshold
  }

  /// Takes a ballot in and lets go of those that have become older than the window.
  mutating func add(_ ballot: Ballot) {
    let oldest = ballot.time - rule.window
    let expired = ballots.prefix { $0.time < oldest }.count
    for old in ballots.prefix(expired) { forget(old) }
    ballots.removeFirst(expired)
    // Whatever stretch an older ballot will belong to, this one belongs to as well: of two exhibits the one with the
    // lower score is never shown.
    if ballot.hasExhibit, let score = ballot.score {
      for index in ballots.indices where (ballots[index].score ?? 0) <= score { ballots[index].dropExhibit() }
    }
    ballots.append(ballot)
    tally.count(isFake(ballot))
    if let score = ballot.score { scores.insert(score, at: position(of: score)) }
  }

  /// The score of the window: the lowest of the fewest highest scores that make up more than the line's share of the
  /// decided ballots, so that it exceeds the threshold exactly when more than that share is fake. With the line at one
  /// half it is the middle one. Nil while nothing is decided.
  var score: Float? {
    guard !scores.isEmpty else { return nil }
    let count = scores.count
    var needed = min(count, Int(rule.line * Double(count)) + 1)
    // The product may round to the other side of a whole number than the share does.
    while needed > 1, Double(needed - 1) / Double(count) > rule.line { needed -= 1 }
    while needed < count, Double(needed) / Double(count) <= rule.line { needed += 1 }
    return scores[count - needed]
  }

  var assessment: Assessment { rule.assessment(of: tally, score: score) }

  /// Whether a ballot says fake; nil when it abstains.
  func isFake(_ ballot: Ballot) -> Bool? { ballot.score.map { $0 > threshold } }

  /// Whether a ballot alone would be called real; nil when it abstains.
  func isCleared(_ ballot: Ballot) -> Bool? { ballot.score.map { $0 <= rule.clearance(upTo: threshold) } }

  private mutating func forget(_ ballot: Ballot) {
    tally.discount(isFake(ballot))
    if let score = ballot.score { scores.remove(at: position(of: score)) }
  }

  /// Index of the first score that is not less than `score`.
  private func position(of score: Float) -> Int {
    var low = 0
    var high = scores.count
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] < score { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
