/// The greatest element under each window of one plane; padding never wins.
public func maxPoolPlane(_ window: Window, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
  var out = output
  for od in 0..<window.output.x {
    for oh in 0..<window.output.y {
      for ow in 0..<window.output.z {
        var best = -Float.infinity
        visit(window, od, oh, ow) { index in
          let value = input[index]
          if !(value <= best) { best = value }
        }
        out.pointee = best
        out += 1
      }
    }
  }
}

/// The 2×2 maximum at stride 2 of one plane whose width and height are even or cut off.
public func maxPoolPlane2x2(
  input: UnsafePointer<Float>, inputWidth: Int, output: UnsafeMutablePointer<Float>, height: Int, width: Int
) {
  for row in 0..<height {
    let upper = input + 2 * row * inputWidth
    let lower = upper + inputWidth
    let out = output + row * width
    var i = 0
    while i + 8 <= width {
      let left = pointwiseGreater(load(upper + 2 * i), load(lower + 2 * i))
      let right = pointwiseGreater(load(upper + 2 * i + 8), load(lower + 2 * i + 8))
      let even = SIMD8(lowHalf: left.evenHalf, highHalf: right.evenHalf)
      let odd = SIMD8(lowHalf: left.oddHalf, highHalf: right.oddHalf)
      store(pointwiseGreater(even, odd), out + i)
      i += 8
    }
    while i < width {
      out[i] = max(max(upper[2 * i], upper[2 * i + 1]), max(lower[2 * i], lower[2 * i + 1]))
      i += 1
    }
  }
}

@inline(__always)
private func pointwiseGreater(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
  a.replacing(with: b, where: b .> a)
}

/// The mean under each window of one plane. With `countingPadding`, positions of the padding count as zeros, up to
/// `paddedEnd` (input plus both paddings); positions beyond it, which only `ceil_mode` reaches, never count.
public func averagePoolPlane(
  _ window: Window, countingPadding: Bool, paddedEnd: SIMD3<Int>, input: UnsafePointer<Float>,
  output: UnsafeMutablePointer<Float>
) {
  var out = output
  for od in 0..<window.output.x {
    for oh in 0..<window.output.y {
      for ow in 0..<window.output.z {
        var sum: Float = 0
        var inside = 0
        visit(window, od, oh, ow) { index in
          sum += input[index]
          inside += 1
        }
        var divisor = inside
        if countingPadding {
          divisor =
            elements(window, axis: 0, at: od, end: paddedEnd) * elements(window, axis: 1, at: oh, end: paddedEnd)
            * elements(window, axis: 2, at: ow, end: paddedEnd)
        }
        out.pointee = divisor > 0 ? sum / Float(divisor) : 0
        out += 1
      }
    }
  }
}

/// Kernel positions along `axis` that lie before the end of the padded input.
@inline(__always)
func elements(_ window: Window, axis: Int, at position: Int, end: SIMD3<Int>) -> Int {
  let start = position * window.stride[axis]
  let room = end[axis] - start
  guard room > 0 else { return 0 }
  return min(window.kernel[axis], (room - 1) / window.dilation[axis] + 1)
}

@inline(__always)
func visit(_ window: Window, _ od: Int, _ oh: Int, _ ow: Int, _ body: (Int) -> Void) {
  for kd in 0..<window.kernel.x {
    let d = od * window.stride.x + kd * window.dilation.x - window.padding.x
    guard d >= 0, d < window.input.x else { continue }
    for kh in 0..<window.kernel.y {
      let h = oh * window.stride.y + kh * window.dilation.y - window.padding.y
      guard h >= 0, h < window.input.y else { continue }
      for kw in 0..<window.kernel.z {
        let w = ow * window.stride.z + kw * window.dilation.z - window.padding.z
        guard w >= 0, w < window.input.z else { continue }
        body((d * window.input.y + h) * window.input.z + w)
      }
    }
  }
}
