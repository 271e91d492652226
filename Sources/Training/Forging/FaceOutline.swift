internal import Foundation

/// Outlines of a face and of its parts, laid over a face by its five landmarks.
///
/// A template in the face's own units: the origin between the eyes, one unit across the distance of the eyes, down the
/// distance from eyes to mouth divided by 1.15. Each point has a depth as well, and where the nose stands beside the
/// middle, the face is taken to be turned and the outline turns with it.
struct FaceOutline: Sendable {
  enum Region: String, Sendable, CaseIterable {
    /// From the forehead to the chin.
    case whole
    /// Brows to lips, inside the cheeks.
    case inner
    /// From the bridge of the nose to the chin.
    case lowerHalf
    case mouth
    case eyes
    /// Each eye with its brow, the nose and the mouth, apart.
    case components
  }

  /// Eye centre, in the raster's pixels.
  let origin: Vector
  /// One template unit to the right and down.
  let across: Vector
  let down: Vector
  /// Tangent of the angle by which the head is turned, to the picture's right when positive.
  let turn: Double

  init(_ points: FacePoints) {
    origin = points.eyes
    let eyes = points.rightEye - points.leftEye
    let toMouth = points.mouth - points.eyes
    // A face seen from the side has its eyes close together; its height then tells its size.
    let unit = max(eyes.length, 0.6 * toMouth.length, 2)
    across = eyes.length > 1e-6 ? eyes / eyes.length * unit : Vector(unit, 0)
    let height = max(toMouth.length / 1.15, 0.5 * unit)
    down = toMouth.length > 1e-6 ? toMouth / toMouth.length * height : Vector(0, height)
    let nose = points.nose - points.eyes
    let aside = (nose.x * across.x + nose.y * across.y) / (unit * unit)
    turn = min(max(aside / 0.55, -0.8), 0.8)
  }

  /// The distance of the eyes in pixels, as far as it can be told.
  var unit: Double { across.length }

  /// A template point (x, y, depth towards the viewer) in the raster.
  func place(_ x: Double, _ y: Double, depth: Double = 0) -> Vector {
    origin + across * (x + depth * turn) + down * y
  }

  /// The region's polygons in the raster's pixels, each convex or nearly so.
  func polygons(_ region: Region) -> [[Vector]] {
    Self.templates(region).map { polygon in polygon.map { place($0.0, $0.1, depth: $0.2) } }
  }

  /// The polygons with their template scaled per axis about its middle, and each point moved a little.
  func polygons(_ region: Region, loosened amount: Double, using random: inout SeededRandom) -> [[Vector]] {
    let (scaleX, scaleY) = (1 + amount * random.uniform(-1, 0.8), 1 + amount * random.uniform(-1, 0.8))
    return Self.templates(region).map { polygon in
      let middle = polygon.reduce(0) { $0 + $1.1 } / Double(polygon.count)
      return polygon.map { point in
        place(
          point.0 * scaleX + 0.5 * amount * random.normal(),
          middle + (point.1 - middle) * scaleY + 0.5 * amount * random.normal(), depth: point.2)
      }
    }
  }

  private typealias Template = [(Double, Double, Double)]

  private static func templates(_ region: Region) -> [Template] {
    switch region {
    case .whole: [hull]
    case .inner: [innerHull]
    case .lowerHalf: [lowerHull]
    case .mouth: [mouthHull]
    case .eyes: [leftEye, mirrored(leftEye)]
    case .components: [leftEye, mirrored(leftEye), noseHull, mouthHull]
    }
  }

  private static func mirrored(_ template: Template) -> Template { template.map { (-$0.0, $0.1, $0.2) } }

  // The depths: temples and ears lie behind the eyes, the tip of the nose before them.
  private static let hull: Template =
    [
      (-1.15, -0.15, -0.5), (-1.15, 0.35, -0.55), (-1.05, 0.85, -0.45), (-0.85, 1.35, -0.25), (-0.5, 1.75, 0),
      (0, 1.95, 0.1), (0.5, 1.75, 0), (0.85, 1.35, -0.25), (1.05, 0.85, -0.45), (1.15, 0.35, -0.55),
      (1.15, -0.15, -0.5), (0.8, -0.65, -0.2), (0.3, -0.8, 0.05), (-0.3, -0.8, 0.05), (-0.8, -0.65, -0.2),
    ]
  private static let innerHull: Template =
    [
      (-0.95, -0.3, -0.25), (-0.9, 0.35, -0.2), (-0.65, 1.1, 0), (-0.4, 1.45, 0.1), (0.4, 1.45, 0.1), (0.65, 1.1, 0),
      (0.9, 0.35, -0.2), (0.95, -0.3, -0.25), (0.45, -0.5, 0.1), (-0.45, -0.5, 0.1),
    ]
  private static let lowerHull: Template =
    [
      (-0.35, 0.3, 0.2), (-1, 0.6, -0.4), (-1.0, 0.9, -0.4), (-0.82, 1.35, -0.25), (-0.5, 1.72, 0), (0, 1.9, 0.1),
      (0.5, 1.72, 0), (0.82, 1.35, -0.25), (1.0, 0.9, -0.4), (1, 0.6, -0.4), (0.35, 0.3, 0.2),
    ]
  private static let mouthHull: Template =
    [
      (-0.62, 1.12, 0.1), (-0.4, 0.88, 0.2), (0, 0.82, 0.25), (0.4, 0.88, 0.2), (0.62, 1.12, 0.1), (0.48, 1.45, 0.1),
      (0, 1.6, 0.15), (-0.48, 1.45, 0.1),
    ]
  private static let leftEye: Template =
    [
      (-0.95, 0.0, -0.15), (-0.9, -0.35, -0.1), (-0.5, -0.48, 0), (-0.12, -0.32, 0.1), (-0.14, 0.08, 0.1),
      (-0.45, 0.3, 0), (-0.8, 0.22, -0.1),
    ]
  private static let noseHull: Template =
    [
      (-0.14, -0.05, 0.15), (0.14, -0.05, 0.15), (0.4, 0.68, 0.3), (0.2, 0.85, 0.45), (-0.2, 0.85, 0.45),
      (-0.4, 0.68, 0.3),
    ]
}
