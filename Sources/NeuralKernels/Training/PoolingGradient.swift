/// The gradient of the 2×2, stride 2 maximum of one block: each value of `dy` goes to the first pixel of its window, in
/// reading order, that is its maximum. A last row or column without a window gets zero.
///
/// `x`: the input, `height` × `width` pixels; `dy`: ⌊height / 2⌋ × ⌊width / 2⌋; `adding`: whether `dx` holds something
/// already.
public func halvingGradient(
  x: UnsafePointer<Float>, dy: UnsafePointer<Float>, height: Int, width: Int, adding: Bool,
  _ dx: UnsafeMutablePointer<Float>
) {
  if adding {
    halvingGradient(x, dy, height, width, adds: true, dx)
  } else {
    halvingGradient(x, dy, height, width, adds: false, dx)
    if width % 2 == 1 { for y in 0..<height { store(Vector.zero, dx, (y * width + width - 1) * 8) } }
    if height % 2 == 1 { (dx + (height - 1) * width * 8).update(repeating: 0, count: width * 8) }
  }
}

@inline(__always)
private func halvingGradient(
  _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ height: Int, _ width: Int, adds: Bool,
  _ dx: UnsafeMutablePointer<Float>
) {
  let rowStride = width * 8
  for row in 0..<height / 2 {
    for column in 0..<width / 2 {
      let at = 2 * row * rowStride + column * 16
      let x0 = load(x, at), x1 = load(x, at + 8), x2 = load(x, at + rowStride), x3 = load(x, at + rowStride + 8)
      let most = larger(larger(x0, x1), larger(x2, x3))
      var left = load(dy, (row * (width / 2) + column) * 8)
      /// What a pixel gets; nothing is left for those after the first maximum.
      func share(_ value: Vector) -> Vector {
        let share = Vector.zero.replacing(with: left, where: value .== most)
        left = left.replacing(with: Vector.zero, where: value .== most)
        return share
      }
      let d0 = share(x0), d1 = share(x1), d2 = share(x2), d3 = share(x3)
      store(adds ? load(dx, at) + d0 : d0, dx, at)
      store(adds ? load(dx, at + 8) + d1 : d1, dx, at + 8)
      store(adds ? load(dx, at + rowStride) + d2 : d2, dx, at + rowStride)
      store(adds ? load(dx, at + rowStride + 8) + d3 : d3, dx, at + rowStride + 8)
    }
  }
}
