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
    ballots.append(ballot)
    tally.count(isFake(ballot))
    if let score = ballot.score { scores.insert(score, at: position(of: score)) }
  }

  /// The middle score of the window: the (⌊n/2⌋ + 1)-th highest, so that it exceeds the threshold exactly when more
  /// than half of the decided ballots are fake. Nil while nothing is decided.
  var score: Float? {
    scores.isEmpty ? nil : scores[scores.count - 1 - scores.count / 2]
  }

  var assessment: Assessment { rule.assessment(of: tally) }

  /// Whether a ballot says fake; nil when it abstains.
  func isFake(_ ballot: Ballot) -> Bool? { ballot.score.map { $0 > threshold } }

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
