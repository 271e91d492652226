internal import Forensics

/// One judged face with its crop and mask.
struct FaceShot: Sendable {
  let time: Double
  /// In the network's own confidences.
  let score: Float
  let picture: FacePicture
}

/// The most telling pictures of one track: that of the highest score, and a few spread evenly over its time, however
/// long it gets.
struct Album: Sendable {
  private static let most = 4

  private(set) var strongest: FaceShot?
  private var spread: [FaceShot] = []
  /// One in so many is put among the spread ones.
  private var stride = 1
  private(set) var count = 0

  mutating func add(_ shot: FaceShot) {
    if strongest.map({ shot.score > $0.score }) ?? true { strongest = shot }
    if count % stride == 0 {
      spread.append(shot)
      if spread.count > Self.most {
        spread = spread.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        stride *= 2
      }
    }
    count += 1
  }

  /// In order of time, each moment once.
  /// - Parameter isTelling: whether the track shows something; of one that does not, two are enough.
  func chosen(isTelling: Bool) -> [FaceShot] {
    guard let strongest else { return [] }
    var others = spread.filter { $0.time != strongest.time }
    if !isTelling { others = Array(others.dropFirst(others.count / 2).prefix(1)) }
    return (others + [strongest]).sorted { $0.time < $1.time }
  }
}
