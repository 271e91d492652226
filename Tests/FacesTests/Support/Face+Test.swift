import Faces
import Media

extension Face {
  /// A face with a box and nothing else of interest.
  static func test(x: Double, y: Double, width: Double, height: Double) -> Face {
    let middle = Point(x: x + width / 2, y: y + height / 2)
    return Face(
      box: Rectangle(x: x, y: y, width: width, height: height), score: 0.99,
      landmarks: Landmarks(leftEye: middle, rightEye: middle, nose: middle, leftMouth: middle, rightMouth: middle))
  }
}
