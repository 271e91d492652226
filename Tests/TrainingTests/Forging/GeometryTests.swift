import Faces
import Foundation
import Media
import Testing

@testable import Training

@Suite("The geometry of a face")
struct GeometryTests {
  private let points = FacePoints(
    Landmarks(
      leftEye: Point(x: 30, y: 40), rightEye: Point(x: 70, y: 41), nose: Point(x: 51, y: 62),
      leftMouth: Point(x: 36, y: 85),
      rightMouth: Point(x: 66, y: 86)))

  @Test("finds the similarity by which points were moved, and its inverse undoes it", arguments: 1...10)
  func similarity(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let wanted = Similarity(
      scale: random.uniform(0.3, 3), angle: random.uniform(-3, 3), about: Vector(random.uniform(0, 99), 50),
      move: Vector(random.uniform(-40, 40), random.uniform(-40, 40)))
    let weights = (0..<5).map { _ in random.uniform(0.2, 2) }
    let found = Similarity(from: points.points, to: points.points.map { wanted($0) }, weights: weights)
    for point in points.points + [Vector(0, 0), Vector(200, -30)] {
      #expect((found(point) - wanted(point)).length < 1e-9)
      #expect((wanted.inverse(wanted(point)) - point).length < 1e-9)
    }
    #expect(abs(found.scale - wanted.scale) < 1e-9)
  }

  @Test("fits best what weighs most where no similarity fits all")
  func weights() {
    var moved = points.points.map { $0 + Vector(5, 0) }
    moved[2] += Vector(30, 0)
    let light = Similarity(from: points.points, to: moved, weights: [1, 1, 0.001, 1, 1])
    #expect((light(points.leftEye) - moved[0]).length < 0.1)
    let heavy = Similarity(from: points.points, to: moved, weights: [1, 1, 1000, 1, 1])
    #expect((heavy(points.nose) - moved[2]).length < 0.2)
  }

  @Test("of points that all coincide is a move, and of a similarity without inverse the identity")
  func degenerate() {
    let same = Array(repeating: Vector(3, 4), count: 5)
    let found = Similarity(from: same, to: points.points, weights: [1, 1, 1, 1, 1])
    #expect((found(Vector(3, 4)) - points.centre).length < 1e-9)
    #expect(Similarity(scale: 0, about: Vector(1, 1)).inverse(Vector(7, 8)) == Vector(7, 8))
  }

  @Test("mirrored twice is as it was, and its left stays left")
  func mirrored() {
    let mirror = points.mirrored(width: 100)
    #expect(mirror.mirrored(width: 100) == points)
    #expect(mirror.leftEye.x < mirror.rightEye.x && mirror.points[3].x < mirror.points[4].x)
  }

  @Test("has one shape wherever the face lies and however large it is")
  func shape() {
    let other = points.mapped { $0 * 2.5 + Vector(17, -4) }
    for (a, b) in zip(points.shape, other.shape) { #expect((a - b).length < 1e-9) }
  }

  @Test("outlines hold their parts: the whole face all landmarks, the mouth the mouth", arguments: [0, 0.4, -0.3, 1.2])
  func outlines(angle: Double) {
    let turn = Similarity(scale: 1.7, angle: angle, about: points.centre, move: Vector(60, 60))
    let face = points.mapped { turn($0) }
    let outline = FaceOutline(face)
    func covers(_ region: FaceOutline.Region, _ point: Vector) -> Bool {
      let plane = Plane(width: 240, height: 240, covering: outline.polygons(region))
      return plane[Int(point.x), Int(point.y)] > 0.5
    }
    for point in face.points { #expect(covers(.whole, point)) }
    for region in [FaceOutline.Region.mouth, .lowerHalf, .inner, .components] { #expect(covers(region, face.mouth)) }
    for eye in [face.leftEye, face.rightEye] {
      for region in [FaceOutline.Region.eyes, .inner, .components] { #expect(covers(region, eye)) }
      for region in [FaceOutline.Region.mouth, .lowerHalf] { #expect(!covers(region, eye)) }
    }
  }

  @Test("of a face whose landmarks fall together is finite")
  func collapsed() {
    let outline = FaceOutline(points.mapped { _ in Vector(10, 10) })
    for region in FaceOutline.Region.allCases {
      #expect(outline.polygons(region).joined().allSatisfy { $0.x.isFinite && $0.y.isFinite })
    }
  }
}
