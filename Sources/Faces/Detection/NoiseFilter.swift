import Media

/// Leaves out boxes that are small beside the largest one of the picture: people in the background, and patterns that
/// only resemble a face.
///
/// A box is ignored when (width + height of the largest) / √3 > its own width + height, that is when its perimeter is
/// below 57.7 % of the largest's. The largest is the one with the longest perimeter, the measure of the rule itself.
/// Source: the preprocessing slides of the shallow-network detector this project builds on.
enum NoiseFilter {
  /// Sorts `faces` by size, the largest first, and removes those the rule ignores.
  /// - Returns: how many were removed.
  static func apply(to faces: inout [Face]) -> Int {
    faces.sort { halfPerimeter($0) > halfPerimeter($1) }
    guard let largest = faces.first else { return 0 }
    let least = halfPerimeter(largest) / 3.0.squareRoot()
    let count = faces.count
    faces.removeAll { least > halfPerimeter($0) }
    return count - faces.count
  }

  private static func halfPerimeter(_ face: Face) -> Double {
    face.box.width + face.box.height
  }
}
