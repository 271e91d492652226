internal import Analysis
internal import Forensics

/// Takes down what the analysis says of a file, frame by frame, for the ledger.
struct BallotCollector: Sendable {
  private(set) var ballots: [LedgerBallot] = []
  private(set) var endings: [Int: Int] = [:]
  /// Media times of the frames.
  private(set) var times: [Double] = []
  private var albums: [Int: Album] = [:]
  private var shelf = PictureShelf()
  private var frame = 0
  /// In the network's own confidences: what makes a picture telling.
  private let threshold: Float

  init(threshold: Float) { self.threshold = threshold }

  mutating func add(_ frame: FrameBallots) {
    for track in frame.ended {
      endings[track] = self.frame
      shelve(track)
    }
    for (place, person) in frame.people.enumerated() {
      var face: LedgerFace?
      if case .cast(let evidence) = person.vote, let survey = person.survey {
        face = LedgerFace(
          score: survey.score, box: evidence.box, picture: evidence.picture, areas: survey.areas)
        if let picture = survey.picture {
          albums[person.track, default: Album()].add(
            FaceShot(time: frame.time, score: survey.score, picture: picture))
        }
      }
      ballots.append(
        LedgerBallot(frame: self.frame, place: place, track: person.track, time: frame.time, face: face))
    }
    times.append(frame.time)
    self.frame += 1
  }

  /// The pictures of all tracks; the file is over.
  mutating func pictures() -> [KeyPicture] {
    for track in albums.keys.sorted() { shelve(track) }
    return shelf.pictures
  }

  private mutating func shelve(_ track: Int) {
    guard let album = albums.removeValue(forKey: track) else { return }
    shelf.add(album, of: track, threshold: threshold)
  }
}
