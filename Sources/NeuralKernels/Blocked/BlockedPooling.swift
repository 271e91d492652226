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
    var inside = 0..<0
    if case .maximum = kind, rows.count == g.kernelHeight {
      inside = wholeWindows(g)
      maximumRow(
        g, source + (top * g.inWidth - g.padLeft) * 8, target + y * g.outWidth * 8, columns: inside)
    }
    for x in 0..<g.outWidth where !inside.contains(x) {
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

/// Output columns whose windows lie inside the input.
private func wholeWindows(_ g: ConvolutionGeometry) -> Range<Int> {
  let first = (g.padLeft + g.strideX - 1) / g.strideX
  let room = g.inWidth + g.padLeft - g.kernelWidth
  let last = room < 0 ? 0 : min(g.outWidth, room / g.strideX + 1)
  return first..<max(first, last)
}

/// The maxima of one output row; `source` is where the window of column 0 begins.
@inline(never)
private func maximumRow(
  _ g: ConvolutionGeometry, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, columns: Range<Int>
) {
  let (rowStride, step) = (g.inWidth * 8, g.strideX * 8)
  if g.kernelHeight == 2 && g.kernelWidth == 2 {
    for x in columns {
      let corner = source + x * step
      let top = larger(load(corner), load(corner, 8))
      store(larger(top, larger(load(corner, rowStride), load(corner, rowStride + 8))), target, x * 8)
    }
    return
  }
  for x in columns {
    let corner = source + x * step
    var best = load(corner)
    for row in 0..<g.kernelHeight {
      for column in 0..<g.kernelWidth { best = larger(best, load(corner, row * rowStride + column * 8)) }
    }
    store(best, target, x * 8)
  }
}
