/// How far a network would move each edge, as shares of the box's sides: left, top, right, bottom.
typealias EdgeOffsets = SIMD4<Float>

extension BoundingBox {
  /// The box with its edges moved by `offsets`, shares of the distance between the edges (first stage).
  func regressedByDistance(_ offsets: EdgeOffsets) -> BoundingBox {
    moved(offsets, width: width, height: height)
  }

  /// The box with its edges moved by `offsets`, shares of the pixels covered (second and third stage).
  func regressedByPixels(_ offsets: EdgeOffsets) -> BoundingBox {
    moved(offsets, width: width + 1, height: height + 1)
  }

  private func moved(_ offsets: EdgeOffsets, width: Double, height: Double) -> BoundingBox {
    BoundingBox(
      left: left + Double(offsets[0]) * width, top: top + Double(offsets[1]) * height,
      right: right + Double(offsets[2]) * width, bottom: bottom + Double(offsets[3]) * height)
  }

  /// The square around the same centre whose side is the longer one.
  func squared() -> BoundingBox {
    let side = max(width, height)
    let left = left + width / 2 - side / 2
    let top = top + height / 2 - side / 2
    return BoundingBox(left: left, top: top, right: left + side, bottom: top + side)
  }

  /// The box with its edges cut to whole pixels, towards zero.
  func truncated() -> BoundingBox {
    BoundingBox(
      left: left.rounded(.towardZero), top: top.rounded(.towardZero),
      right: right.rounded(.towardZero), bottom: bottom.rounded(.towardZero))
  }
}
