/// Which value of a window a pooling layer keeps.
public enum BlockedPooling: Sendable {
  case maximum
  /// `includesPadding`: whether the divisor counts the padding.
  case average(includesPadding: Bool)
}

/// Pools one block of one image. The window is `kernelHeight` × `kernelWidth`; pixels outside the input do not exist
/// for a maximum and are zero for an average. Right and bottom padding follow from the output size (ceiling mode
/// makes it reach further).
public func poolBlock(
  _ kind: BlockedPooling, _ geometry: ConvolutionGeometry, _ source: UnsafePointer<Float>,
  _ target: UnsafeMutablePointer<Float>, padBottom: Int, padRight: Int
) {
  let g = geometry
  for y in 0..<g.outHeight {
    let top = y * g.strideY - g.padTop
    let rows = max(0, top)..<max(0, min(g.inHeight, top + g.kernelHeight))
    for x in 0..<g.outWidth {
      let left = x * g.strideX - g.padLeft
      let columns = max(0, left)..<max(0, min(g.inWidth, left + g.kernelWidth))
      let place = (y * g.outWidth + x) * 8
      switch kind {
      case .maximum:
        var best = Vector(repeating: -Float.infinity)
        for row in rows {
          for column in columns { best = larger(best, load(source, (row * g.inWidth + column) * 8)) }
        }
        store(best, target, place)
      case .average(let includesPadding):
        var sum = Vector.zero
        for row in rows {
          for column in columns { sum += load(source, (row * g.inWidth + column) * 8) }
        }
        // In ceiling mode a window may reach past the padding; what lies there never counts.
        let paddedRows = min(top + g.kernelHeight, g.inHeight + padBottom) - top
        let paddedColumns = min(left + g.kernelWidth, g.inWidth + padRight) - left
        let count = includesPadding ? paddedRows * paddedColumns : rows.count * columns.count
        store(sum / Float(max(count, 1)), target, place)
      }
    }
  }
}
