import Media

/// One person's way through the picture: where the face was, how it moves, when it was last seen.
struct Track: Sendable {
  let id: Int
  let firstSeen: Double
  private(set) var lastSeen: Double
  private(set) var box: Rectangle
  /// Pixels a second of the box's centre.
  private var velocity = (x: 0.0, y: 0.0)

  /// How much a new step counts against the motion known so far.
  private static let freshness = 0.7
  /// Seconds for which an unseen face is believed to go on as it went; after that it is expected where it got to.
  private static let persistence = 1.0

  init(id: Int, box: Rectangle, at time: Double) {
    self.id = id
    self.box = box
    firstSeen = time
    lastSeen = time
  }

  /// Where the face should be at `time`, carried on at constant velocity.
  func predictedBox(at time: Double) -> Rectangle {
    let elapsed = min(time - lastSeen, Track.persistence)
    var predicted = box
    predicted.x += velocity.x * elapsed
    predicted.y += velocity.y * elapsed
    return predicted
  }

  mutating func see(_ seen: Rectangle, at time: Double) {
    let elapsed = time - lastSeen
    if elapsed > 0 {
      let step = (x: (seen.centerX - box.centerX) / elapsed, y: (seen.centerY - box.centerY) / elapsed)
      let isSecondSighting = lastSeen == firstSeen
      let share = isSecondSighting ? 1 : Track.freshness
      velocity.x += share * (step.x - velocity.x)
      velocity.y += share * (step.y - velocity.y)
    }
    box = seen
    lastSeen = time
  }
}
