internal import Faces
public import Forensics
internal import Media

/// The people of one source: faces become tracks, masks become ballots, ballots become verdicts. A pure value.
struct SourceVerdicts: Sendable {
  private let numberOffset: Int
  private var tracker = FaceTracker()
  private var box: BallotBox
  /// Unix time of media time zero, by the latest frame.
  private var epoch = 0.0
  private(set) var faces = 0

  var summary: Summary { box.summary }

  /// - Parameter firstTrack: number of the first track.
  init(rule: VoteRule, threshold: Float, updateInterval: Double, firstTrack: Int) {
    box = BallotBox(rule: rule, threshold: threshold, updateInterval: updateInterval)
    numberOffset = firstTrack - 1
  }

  /// Takes the next frame's findings in, in order of time.
  /// - Parameter observe: told of the ballots before they are counted.
  mutating func add(_ examination: Examination, observe: ((FrameBallots) -> Void)? = nil) -> [PersonChange] {
    let ballots = ballots(of: examination)
    observe?(ballots)
    return numbered(box.add(ballots))
  }

  /// Ends all tracks: the source is over.
  mutating func close() -> [PersonChange] { numbered(box.close()) }

  private mutating func ballots(of examination: Examination) -> FrameBallots {
    epoch = examination.arrival - examination.time
    let step = tracker.update(examination.detection, at: examination.time)
    faces += step.faces.count
    let seen = zip(step.faces, examination.findings).enumerated().map { index, judged in
      let (tracked, finding) = judged
      let evidence = Evidence(finding: finding, box: tracked.face.box, picture: examination.picture)
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
}
