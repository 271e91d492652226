import Media

/// How ill a face found now fits a track, and from where on the two cannot be one person.
///
/// The cost adds up three things: the distance of the centres in units of how far a face may stray from its prediction
/// in the time gone by, the change of size, and the lack of overlap.
enum TrackCost {
  /// How far, in face sides, a centre may be from where it was expected: detector jitter and a turn of the head…
  static let strayAtOnce = 0.75
  /// …and what each second adds. At one sample a second a face may be two and a quarter sides off.
  static let strayPerSecond = 1.5
  /// Seconds after which the tolerance grows no further.
  static let longestGrowth = 1.0
  /// The largest change of size, as a factor, between two sightings.
  static let largestChangeOfSize = 2.0

  /// What leaving a track or a face without a partner costs; above every admissible pair.
  static let unmatched = 4.0

  /// The cost of taking `face` for the person expected at `predicted` after `elapsed` seconds, or nil where that cannot
  /// be: too far away, or too different in size.
  static func cost(of face: Rectangle, expectedAt predicted: Rectangle, after elapsed: Double) -> Double? {
    let overlap = face.intersectionOverUnion(with: predicted)
    let side = (face.meanSide + predicted.meanSide) / 2
    guard side > 0, face.meanSide > 0, predicted.meanSide > 0 else { return nil }
    let factor = max(face.meanSide, predicted.meanSide) / min(face.meanSide, predicted.meanSide)
    let change = (factor - 1) / (largestChangeOfSize - 1)
    let (dx, dy) = (face.centerX - predicted.centerX, face.centerY - predicted.centerY)
    let stray = (dx * dx + dy * dy).squareRoot() / side
    let distance = stray / (strayAtOnce + strayPerSecond * min(elapsed, longestGrowth))
    guard change <= 1, distance <= 1 || overlap > 0.1 else { return nil }
    return min(distance, 1) + change + (1 - overlap)
  }
}
