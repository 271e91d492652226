/// Passes each gradient back to the greatest element under its window, the first of equal ones; added to `dx`.
public func maxPoolGradientPlane(
  _ window: Window, input: UnsafePointer<Float>, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
) {
  var position = 0
  for od in 0..<window.output.x {
    for oh in 0..<window.output.y {
      for ow in 0..<window.output.z {
        var best = -Float.infinity
        var place = -1
        visit(window, od, oh, ow) { index in
          let value = input[index]
          if place < 0 || !(value <= best) { (best, place) = (value, index) }
        }
        if place >= 0 { dx[place] += dy[position] }
        position += 1
      }
    }
  }
}

/// The same for 2×2 windows of stride 2 whose planes are even: writes, or adds to, every element of `dx`.
public func maxPoolGradientPlane2x2(
  input: UnsafePointer<Float>, width: Int, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>, outputHeight: Int,
  outputWidth: Int, adding: Bool
) {
  for row in 0..<outputHeight {
    let upper = input + 2 * row * width
    let lower = upper + width
    let upperGradient = dx + 2 * row * width
    let lowerGradient = upperGradient + width
    for i in 0..<outputWidth {
      let (a, b, c, d) = (upper[2 * i], upper[2 * i + 1], lower[2 * i], lower[2 * i + 1])
      let gradient = dy[row * outputWidth + i]
      let best = max(max(a, b), max(c, d))
      let isA = a == best
      let isB = !isA && b == best
      let isC = !isA && !isB && c == best
      let isD = !isA && !isB && !isC
      let base: (Float, Float, Float, Float) =
        adding
        ? (upperGradient[2 * i], upperGradient[2 * i + 1], lowerGradient[2 * i], lowerGradient[2 * i + 1])
        : (0, 0, 0, 0)
      upperGradient[2 * i] = base.0 + (isA ? gradient : 0)
      upperGradient[2 * i + 1] = base.1 + (isB ? gradient : 0)
      lowerGradient[2 * i] = base.2 + (isC ? gradient : 0)
      lowerGradient[2 * i + 1] = base.3 + (isD ? gradient : 0)
    }
  }
}

/// Spreads each gradient evenly over its window; added to `dx`. Parameters as for `averagePoolPlane`.
public func averagePoolGradientPlane(
  _ window: Window, countingPadding: Bool, paddedEnd: SIMD3<Int>, dy: UnsafePointer<Float>,
  dx: UnsafeMutablePointer<Float>
) {
  var position = 0
  for od in 0..<window.output.x {
    for oh in 0..<window.output.y {
      for ow in 0..<window.output.z {
        var divisor = 0
        if countingPadding {
          divisor =
            elements(window, axis: 0, at: od, end: paddedEnd) * elements(window, axis: 1, at: oh, end: paddedEnd)
            * elements(window, axis: 2, at: ow, end: paddedEnd)
        } else {
          visit(window, od, oh, ow) { _ in divisor += 1 }
        }
        if divisor > 0 {
          let share = dy[position] / Float(divisor)
          visit(window, od, oh, ow) { index in dx[index] += share }
        }
        position += 1
      }
    }
  }
}
