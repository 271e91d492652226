internal import Forensics
internal import Media

/// Keeps alerts from repeating: who was alerted of, and where in the picture alerts have ended lately. A pure value.
///
/// A person who turns away and back gets a new track and a new verdict; without a memory each would be an alert of its
/// own. Verdicts are recorded all the same, only not as alerts.
struct AlertMemory: Sendable {
  /// Boxes that cover each other by this much (intersection over union) are the same place.
  static let samePlace = 0.3
  /// Places remembered; beyond that the oldest is forgotten.
  static let places = 64

  private struct Place: Sendable {
    let box: Rectangle
    let until: Double
  }

  private let cooldown: Double
  private var calm: [Place] = []
  /// Tracks whose verdict was raised as an alert.
  private var raised: Set<Int> = []

  /// - Parameter cooldown: seconds after the end of an alert in which another in the same place is not raised.
  init(cooldown: Double) { self.cooldown = cooldown }

  /// Whether a change of verdict is an alert.
  /// - Parameter now: monotonic, seconds.
  mutating func isAlert(_ change: VerdictChange, track: Int, at now: Double) -> Bool {
    guard change.verdict.label == .fake else { return false }
    let box = change.verdict.strongest.map { Self.normalised($0.box, in: $0.picture) }
    switch change {
    case .started:
      calm.removeAll { $0.until <= now }
      if let box, calm.contains(where: { $0.box.overlap(with: box) >= Self.samePlace }) { return false }
      raised.insert(track)
      return true
    case .updated:
      return raised.contains(track)
    case .ended:
      guard raised.remove(track) != nil else { return false }
      if let box, cooldown > 0 {
        calm.append(Place(box: box, until: now + cooldown))
        if calm.count > Self.places { calm.removeFirst() }
      }
      return true
    }
  }

  /// Places are compared across changes of the picture's size.
  private static func normalised(_ box: Rectangle, in picture: PixelSize) -> Rectangle {
    let (width, height) = (Double(max(picture.width, 1)), Double(max(picture.height, 1)))
    return Rectangle(x: box.x / width, y: box.y / height, width: box.width / width, height: box.height / height)
  }
}

extension Rectangle {
  /// Intersection over union, 0...1.
  fileprivate func overlap(with other: Rectangle) -> Double {
    let across = min(x + width, other.x + other.width) - max(x, other.x)
    let down = min(y + height, other.y + other.height) - max(y, other.y)
    guard across > 0, down > 0 else { return 0 }
    let both = across * down
    return both / (width * height + other.width * other.height - both)
  }
}
