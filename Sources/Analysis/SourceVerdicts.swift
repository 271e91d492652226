internal import Faces
public import Forensics
internal import Media

/// The people of one source: faces become tracks, masks become ballots, ballots become verdicts. A pure value.
struct SourceVerdicts: Sendable {
  private let rule: VoteRule
  private let threshold: Float
  private let updateInterval: Double
  private let numberOffset: Int
  private var tracker = FaceTracker()
  private var votes: [Int: TrackVotes] = [:]
  /// Unix time of media time zero, by the latest frame.
  private var epoch = 0.0
  private(set) var summary = Summary()
  private(set) var faces = 0

  /// - Parameter firstTrack: number of the first track.
  init(rule: VoteRule, threshold: Float, updateInterval: Double, firstTrack: Int) {
    self.rule = rule
    self.threshold = threshold
    self.updateInterval = updateInterval
    numberOffset = firstTrack - 1
  }

  /// Takes the next frame's findings in, in order of time.
  mutating func add(_ examination: Examination) -> [PersonChange] {
    epoch = examination.arrival - examination.time
    let step = tracker.update(examination.detection, at: examination.time)
    var changes = step.ended.flatMap { close($0.track) }
    for (tracked, finding) in zip(step.faces, examination.findings) {
      faces += 1
      let evidence = Evidence(finding: finding, box: tracked.face.box, picture: examination.picture)
      // What a damaged picture shows proves nothing in either direction.
      let vote: Ballot.Vote = examination.isCorrupt ? .abstained : .cast(evidence)
      changes += cast(Ballot(time: examination.time, vote: vote), track: tracked.track)
    }
    let seen = Set(step.faces.map(\.track))
    for track in votes.keys.sorted() where !seen.contains(track) {
      changes += cast(Ballot(time: examination.time, vote: .abstained), track: track)
    }
    return changes
  }

  /// Ends all tracks: the source is over.
  mutating func close() -> [PersonChange] { votes.keys.sorted().flatMap { close($0) } }

  private mutating func cast(_ ballot: Ballot, track: Int) -> [PersonChange] {
    var person = votes[track] ?? TrackVotes(rule: rule, threshold: threshold, updateInterval: updateInterval)
    let changes = person.cast(ballot)
    votes[track] = person
    return note(changes, track: track)
  }

  private mutating func close(_ track: Int) -> [PersonChange] {
    guard var person = votes.removeValue(forKey: track) else { return [] }
    return note(person.close(), track: track)
  }

  private mutating func note(_ changes: [VerdictChange], track: Int) -> [PersonChange] {
    for case .ended(let verdict) in changes { summary.add(verdict) }
    return changes.map { PersonChange(track: track + numberOffset, change: $0, epoch: epoch) }
  }
}

/// A change of verdict on one person of a source.
public struct PersonChange: Sendable, Hashable {
  /// The track's number within the source, from 1.
  public let track: Int
  public let change: VerdictChange
  /// Unix time, seconds, of the source's media time zero; meaningful for live sources.
  public let epoch: Double
}
