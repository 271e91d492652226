/// A box in the reference detector's own coordinates: pixels are counted from 1 and both edges belong to the box, so
/// that a box from 1 to 12 is 12 pixels wide.
///
/// The detector's constants (cell corners, regression sides, overlap areas) were fixed together with this convention,
/// so the stages compute in it and only the finished face is handed out as a rectangle counted from 0.
/// Source: Zhang et al. 2016 (arXiv:1604.02878) and its published MATLAB code.
struct BoundingBox: Sendable, Hashable {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  /// The distance between the edges, one less than the pixels covered.
  var width: Double { right - left }
  var height: Double { bottom - top }

  /// The pixels covered: both edges are inside, hence the + 1.
  var area: Double { (width + 1) * (height + 1) }

  /// Whether the box covers at least one pixel and is made of numbers.
  ///
  /// A network may answer with anything, and a box that is not a box must not reach the sampler.
  var isUsable: Bool {
    left.isFinite && top.isFinite && right.isFinite && bottom.isFinite && width >= 0 && height >= 0
  }
}

/// What an intersection is divided by.
enum OverlapMeasure: Sendable {
  /// Intersection over union, for boxes of one size.
  case union
  /// Intersection over the smaller area, which also finds a box inside a larger one.
  case smaller
}

extension BoundingBox {
  /// The pixels both boxes cover.
  func intersection(with other: BoundingBox) -> Double {
    let width = min(right, other.right) - max(left, other.left) + 1
    let height = min(bottom, other.bottom) - max(top, other.top) + 1
    return max(0, width) * max(0, height)
  }

  /// The overlap of two boxes, from 0 (apart) to 1 (equal, or inside when measured over the smaller).
  func overlap(with other: BoundingBox, over measure: OverlapMeasure) -> Double {
    let shared = intersection(with: other)
    switch measure {
    case .union: return shared / (area + other.area - shared)
    case .smaller: return shared / min(area, other.area)
    }
  }
}
