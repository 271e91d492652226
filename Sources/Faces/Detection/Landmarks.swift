/// A point in pixels of the displayed picture, counted from its upper left corner.
public struct Point: Sendable, Hashable {
  public var x: Double
  public var y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// The five points the third network finds in a face. Left and right are the picture's, not the person's.
public struct Landmarks: Sendable, Hashable {
  public var leftEye: Point
  public var rightEye: Point
  public var nose: Point
  public var leftMouth: Point
  public var rightMouth: Point

  public init(leftEye: Point, rightEye: Point, nose: Point, leftMouth: Point, rightMouth: Point) {
    self.leftEye = leftEye
    self.rightEye = rightEye
    self.nose = nose
    self.leftMouth = leftMouth
    self.rightMouth = rightMouth
  }
}

extension Landmarks {
  /// The points in `box`, the square that the third network saw, before its own correction.
  /// - Parameter shares: ten shares of the box's pixels, the five x first, then the five y.
  init(shares: Span<Float>, of box: BoundingBox) {
    precondition(shares.count == 10, "five landmarks have ten coordinates")
    func point(_ index: Int) -> Point {
      Point(
        x: Double(shares[index]) * (box.width + 1) + box.left - 1,
        y: Double(shares[5 + index]) * (box.height + 1) + box.top - 1)
    }
    self.init(leftEye: point(0), rightEye: point(1), nose: point(2), leftMouth: point(3), rightMouth: point(4))
  }
}
