public import Forensics

/// The ballots of one source counted: each person's votes, and the verdict on the whole. A pure value.
///
/// The analysis fills it frame by frame; evaluation fills it again with kept ballots to see what another threshold or
/// another vote would have made of them.
public struct BallotBox: Sendable {
  private let rule: VoteRule
  private let threshold: Float
  private let updateInterval: Double
  private var votes: [Int: TrackVotes] = [:]
  /// The verdict on the source, from the stretches that have ended.
  public private(set) var summary = Summary()

  /// - Parameter threshold: a ballot whose score exceeds it is fake.
  public init(rule: VoteRule, threshold: Float, updateInterval: Double = .infinity) {
    self.rule = rule
    self.threshold = threshold
    self.updateInterval = updateInterval
  }

  /// The people who are followed now, by their tracks' numbers.
  var tracks: [Int] { votes.keys.sorted() }

  /// Takes a frame's ballots in, in order of time.
  public mutating func add(_ frame: FrameBallots) -> [Change] {
    var changes = frame.ended.flatMap { close($0) }
    for person in frame.people {
      // In place: a copy of the track's votes would copy its window.
      let brought = votes[
        person.track, default: TrackVotes(rule: rule, threshold: threshold, updateInterval: updateInterval)
      ].cast(Ballot(time: frame.time, vote: person.vote))
      changes += note(brought, track: person.track)
    }
    return changes
  }

  /// Ends all tracks: the source is over.
  public mutating func close() -> [Change] { tracks.flatMap { close($0) } }

  private mutating func close(_ track: Int) -> [Change] {
    guard var person = votes.removeValue(forKey: track) else { return [] }
    return note(person.close(), track: track)
  }

  private mutating func note(_ changes: [VerdictChange], track: Int) -> [Change] {
    for case .ended(let verdict) in changes { summary.add(verdict) }
    return changes.map { Change(track: track, change: $0) }
  }

  /// A change of verdict on one person.
  public struct Change: Sendable, Hashable {
    public let track: Int
    public let change: VerdictChange
  }
}
