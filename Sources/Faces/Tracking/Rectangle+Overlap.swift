import Media

extension Rectangle {
  var centerX: Double { x + width / 2 }
  var centerY: Double { y + height / 2 }
  /// The mean of the sides.
  var meanSide: Double { (width + height) / 2 }

  /// Intersection over union, from 0 (apart) to 1 (equal); 0 where either is empty.
  func intersectionOverUnion(with other: Rectangle) -> Double {
    let shared =
      max(0, min(x + width, other.x + other.width) - max(x, other.x))
      * max(0, min(y + height, other.y + other.height) - max(y, other.y))
    let union = width * height + other.width * other.height - shared
    return union > 0 ? shared / union : 0
  }
}
