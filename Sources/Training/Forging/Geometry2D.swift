internal import Faces
internal import Foundation
internal import Media

/// A point or a direction in a picture, x to the right and y down.
typealias Vector = SIMD2<Double>

extension SIMD2<Double> {
  var length: Double { (self * self).sum().squareRoot() }
  init(_ point: Point) { self.init(point.x, point.y) }
}

/// Turning, scaling and moving: p ↦ (a·x − b·y + tx, b·x + a·y + ty).
struct Similarity: Sendable, Hashable {
  var a = 1.0
  var b = 0.0
  var move = Vector(0, 0)

  /// Scales by `scale` and turns by `angle` about `centre`, then moves.
  init(scale: Double, angle: Double = 0, about centre: Vector, move: Vector = Vector(0, 0)) {
    (a, b) = (scale * cos(angle), scale * sin(angle))
    self.move = centre + move - Vector(a * centre.x - b * centre.y, b * centre.x + a * centre.y)
  }

  /// The one that brings `from` nearest to `to` by weighted least squares.
  init(from: [Vector], to: [Vector], weights: [Double]) {
    let total = weights.reduce(0, +)
    let centreFrom = zip(from, weights).reduce(Vector(0, 0)) { $0 + $1.0 * $1.1 } / total
    let centreTo = zip(to, weights).reduce(Vector(0, 0)) { $0 + $1.0 * $1.1 } / total
    var (dot, cross, spread) = (0.0, 0.0, 0.0)
    for index in from.indices {
      let (p, q, w) = (from[index] - centreFrom, to[index] - centreTo, weights[index])
      dot += w * (p.x * q.x + p.y * q.y)
      cross += w * (p.x * q.y - p.y * q.x)
      spread += w * (p.x * p.x + p.y * p.y)
    }
    if spread > 1e-9 { (a, b) = (dot / spread, cross / spread) }
    move = centreTo - Vector(a * centreFrom.x - b * centreFrom.y, b * centreFrom.x + a * centreFrom.y)
  }

  var scale: Double { (a * a + b * b).squareRoot() }

  func callAsFunction(_ point: Vector) -> Vector {
    Vector(a * point.x - b * point.y, b * point.x + a * point.y) + move
  }

  /// The way back. Of a similarity that shrinks everything to a point there is none: it is then the identity.
  var inverse: Similarity {
    let squared = a * a + b * b
    var back = Similarity(scale: 1, about: Vector(0, 0))
    guard squared > 1e-12 else { return back }
    (back.a, back.b) = (a / squared, -b / squared)
    back.move = Vector(0, 0) - Vector(back.a * move.x - back.b * move.y, back.b * move.x + back.a * move.y)
    return back
  }
}

/// The five landmarks of a face in a raster: left eye, right eye, nose, left and right corner of the mouth, as seen.
struct FacePoints: Sendable, Hashable {
  var points: [Vector]

  init(_ landmarks: Landmarks) {
    points = [
      Vector(landmarks.leftEye), Vector(landmarks.rightEye), Vector(landmarks.nose), Vector(landmarks.leftMouth),
      Vector(landmarks.rightMouth),
    ]
  }

  var leftEye: Vector { points[0] }
  var rightEye: Vector { points[1] }
  var nose: Vector { points[2] }
  var eyes: Vector { (points[0] + points[1]) / 2 }
  var mouth: Vector { (points[3] + points[4]) / 2 }
  var centre: Vector { points.reduce(Vector(0, 0), +) / 5 }

  /// Moved and scaled to another raster.
  func mapped(_ body: (Vector) -> Vector) -> FacePoints {
    var moved = self
    moved.points = points.map(body)
    return moved
  }

  /// As a mirror shows them in a picture of this width; left and right change places.
  func mirrored(width: Double) -> FacePoints {
    var mirror = self
    mirror.points = [1, 0, 2, 4, 3].map { Vector(width - points[$0].x, points[$0].y) }
    return mirror
  }

  /// The points with their mean at 0 and their mean distance from it 1: equal for equal poses and shapes, however large.
  var shape: [Vector] {
    let around = points.map { $0 - centre }
    let size = max(around.reduce(0) { $0 + $1.length } / 5, 1e-6)
    return around.map { $0 / size }
  }
}
