internal import Faces
public import Forensics
internal import Media

/// The people of one source: faces become tracks, masks become ballots, ballots become verdicts. A pure value.
struct SourceVerdicts: Sendable {
  /// What the tracker's numbers lack to be the stream's.
  let numberOffset: Int
  private var tracker: FaceTracker
  private var box: BallotBox
  /// Unix time of media time zero, by the latest frame.
  private var epoch = 0.0
  private var lastTime: Double?
  private(set) var faces = 0

  var summary: Summary { box.summary }

  /// - Parameters:
  ///   - firstTrack: number of the first track.
  ///   - longestGap: seconds for which a person is waited for who is not seen.
  init(rule: VoteRule, threshold: Float, updateInterval: Double, firstTrack: Int, longestGap: Double = 2) {
    tracker = FaceTracker(longestGap: longestGap)
    box = BallotBox(rule: rule, threshold: threshold, updateInterval: updateInterval)
    numberOffset = firstTrack - 1
  }

  /// Takes the next frame's findings in, in order of time.
  /// - Parameters:
  ///   - missed: sampled frames since the one before that were never examined: each is an abstention, so that coverage
  ///     tells how much of the time was looked at.
  ///   - observe: told of the ballots before they are counted.
  mutating func add(
    _ examination: Examination, missed: Int = 0, observe: ((FrameBallots) -> Void)? = nil
  ) -> [PersonChange] {
    let before = abstain(missed, before: examination.time)
    lastTime = examination.time
    let ballots = ballots(of: examination)
    observe?(ballots)
    return before + numbered(box.add(ballots))
  }

  /// Takes a frame in that is no evidence of anything: everybody abstains.
  mutating func withhold(at time: Double, arrival: Double, missed: Int) -> [PersonChange] {
    let before = abstain(missed, before: time)
    epoch = arrival - time
    lastTime = time
    return before + abstain(at: time)
  }

  /// `count` frames between the last one and `time` were not looked at. A vote window holds no more than a few hundred
  /// ballots, so neither does this.
  private mutating func abstain(_ count: Int, before time: Double) -> [PersonChange] {
    let count = min(count, 256)
    guard count > 0, let lastTime, !box.tracks.isEmpty else { return [] }
    let step = (time - lastTime) / Double(count + 1)
    return (1...count).flatMap { abstain(at: lastTime + Double($0) * step) }
  }

  private mutating func abstain(at time: Double) -> [PersonChange] {
    let people = box.tracks.map { FrameBallots.Person(track: $0, vote: .abstained) }
    return numbered(box.add(FrameBallots(time: time, people: people, ended: [])))
  }

  /// Ends all tracks: the source is over.
  mutating func close() -> [PersonChange] { numbered(box.close()) }

  private mutating func ballots(of examination: Examination) -> FrameBallots {
    epoch = examination.arrival - examination.time
    let step = tracker.update(examination.detection, at: examination.time)
    faces += step.faces.count
    let seen = zip(step.faces, examination.findings).enumerated().map { index, judged in
      let (tracked, finding) = judged
      let evidence = Evidence(
        finding: finding, box: tracked.face.box, picture: examination.picture,
        exhibit: examination.exhibits.indices.contains(index) ? examination.exhibits[index] : nil)
      // What a damaged picture shows proves nothing in either direction.
      let vote: Ballot.Vote = examination.isCorrupt ? .abstained : .cast(evidence)
      return FrameBallots.Person(
        track: tracked.track, vote: vote,
        survey: examination.surveys.indices.contains(index) ? examination.surveys[index] : nil)
    }
    let ended = step.ended.map(\.track)
    let away = Set(box.tracks).subtracting(ended).subtracting(step.faces.map(\.track))
    return FrameBallots(
      time: examination.time,
      people: seen + away.sorted().map { FrameBallots.Person(track: $0, vote: .abstained) }, ended: ended)
  }

  private func numbered(_ changes: [BallotBox.Change]) -> [PersonChange] {
    changes.map { PersonChange(track: $0.track + numberOffset, change: $0.change, epoch: epoch) }
  }
}

/// A change of verdict on one person of a source.
public struct PersonChange: Sendable, Hashable {
  /// The track's number within the source, from 1.
  public let track: Int
  public let change: VerdictChange
  /// Unix time, seconds, of the source's media time zero; meaningful for live sources.
  public let epoch: Double

  public init(track: Int, change: VerdictChange, epoch: Double) {
    self.track = track
    self.change = change
    self.epoch = epoch
  }
}
