/// Sizes of a convolution or pooling over three spatial axes (depth, height, width); absent axes have size 1.
public struct Window: Sendable, Equatable {
  /// Size of an input plane.
  public var input: SIMD3<Int>
  /// Size of an output plane.
  public var output: SIMD3<Int>
  /// Elements of the kernel along each axis.
  public var kernel: SIMD3<Int>
  /// Input elements between neighbouring windows.
  public var stride: SIMD3<Int>
  /// Input elements between neighbouring kernel elements.
  public var dilation: SIMD3<Int>
  /// Padding before the first element; the padding after the last one follows from `output`.
  public var padding: SIMD3<Int>

  /// - Precondition: strides and dilations are positive, padding is not negative.
  public init(
    input: SIMD3<Int>, output: SIMD3<Int>, kernel: SIMD3<Int>, stride: SIMD3<Int>, dilation: SIMD3<Int>,
    padding: SIMD3<Int>
  ) {
    (self.input, self.output, self.kernel) = (input, output, kernel)
    (self.stride, self.dilation, self.padding) = (stride, dilation, padding)
  }

  /// One element per output element, in place: what 1×1 convolutions are.
  public var isPointwise: Bool {
    kernel == SIMD3(1, 1, 1) && stride == SIMD3(1, 1, 1) && padding == SIMD3(0, 0, 0) && input == output
  }
}

/// Positions `i` with `0 <= i * stride + offset < size`, clipped to `0..<count`.
@inline(__always)
func insideRange(offset: Int, stride: Int, size: Int, count: Int) -> Range<Int> {
  let first = offset >= 0 ? 0 : (-offset + stride - 1) / stride
  let last = size - offset <= 0 ? 0 : (size - offset - 1) / stride + 1
  let high = min(last, count)
  return min(first, high)..<high
}

/// Unrolls output rows `rows` of `channels` planes of `input` into `columns`, a matrix with one row per
/// (channel, kernel element) and one column per output position; positions outside the input become 0.
///
/// An output row is one line along the width: row `r` has depth `r / height` and height `r % height`.
public func unrollColumns(
  _ window: Window, input: UnsafePointer<Float>, channels: Int, rows: Range<Int>,
  columns: UnsafeMutablePointer<Float>
) {
  let plane = window.input.x * window.input.y * window.input.z
  let width = window.output.z
  let line = rows.count * width
  var target = columns
  for channel in 0..<channels {
    let source = input + channel * plane
    for kd in 0..<window.kernel.x {
      for kh in 0..<window.kernel.y {
        for kw in 0..<window.kernel.z {
          let offset = kw * window.dilation.z - window.padding.z
          let inside = insideRange(offset: offset, stride: window.stride.z, size: window.input.z, count: width)
          for row in rows {
            let d = (row / window.output.y) * window.stride.x + kd * window.dilation.x - window.padding.x
            let h = (row % window.output.y) * window.stride.y + kh * window.dilation.y - window.padding.y
            let out = target + (row - rows.lowerBound) * width
            guard d >= 0, d < window.input.x, h >= 0, h < window.input.y, !inside.isEmpty else {
              out.update(repeating: 0, count: width)
              continue
            }
            let from = source + (d * window.input.y + h) * window.input.z + offset
            for i in 0..<inside.lowerBound { out[i] = 0 }
            if window.stride.z == 1 {
              (out + inside.lowerBound).update(from: from + inside.lowerBound, count: inside.count)
            } else {
              for i in inside { out[i] = from[i * window.stride.z] }
            }
            for i in inside.upperBound..<width { out[i] = 0 }
          }
          target += line
        }
      }
    }
  }
}

/// Adds `columns` (one row per kernel element, one column per input position) of one channel onto `plane`, the
/// output plane of a transposed convolution. `window` is that of the forward convolution: its output is our input.
public func rollColumns(_ window: Window, columns: UnsafePointer<Float>, plane: UnsafeMutablePointer<Float>) {
  let size = window.output
  var source = columns
  for kd in 0..<window.kernel.x {
    for kh in 0..<window.kernel.y {
      for kw in 0..<window.kernel.z {
        let offset = kw * window.dilation.z - window.padding.z
        let inside = insideRange(offset: offset, stride: window.stride.z, size: window.input.z, count: size.z)
        for id in 0..<size.x {
          let d = id * window.stride.x + kd * window.dilation.x - window.padding.x
          guard d >= 0, d < window.input.x else { continue }
          for ih in 0..<size.y {
            let h = ih * window.stride.y + kh * window.dilation.y - window.padding.y
            guard h >= 0, h < window.input.y else { continue }
            let out = plane + (d * window.input.y + h) * window.input.z + offset
            let from = source + (id * size.y + ih) * size.z
            for i in inside { out[i * window.stride.z] += from[i] }
          }
        }
        source += size.x * size.y * size.z
      }
    }
  }
}

/// Convolves one plane with one kernel (depthwise), with `bias`; output rows `rows` only.
public func convolvePlane(
  _ window: Window, input: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: Float, rows: Range<Int>,
  output: UnsafeMutablePointer<Float>
) {
  let width = window.output.z
  for row in rows {
    let out = output + row * width
    out.update(repeating: bias, count: width)
    for kd in 0..<window.kernel.x {
      let d = (row / window.output.y) * window.stride.x + kd * window.dilation.x - window.padding.x
      guard d >= 0, d < window.input.x else { continue }
      for kh in 0..<window.kernel.y {
        let h = (row % window.output.y) * window.stride.y + kh * window.dilation.y - window.padding.y
        guard h >= 0, h < window.input.y else { continue }
        for kw in 0..<window.kernel.z {
          let offset = kw * window.dilation.z - window.padding.z
          let inside = insideRange(offset: offset, stride: window.stride.z, size: window.input.z, count: width)
          let weight = weights[(kd * window.kernel.y + kh) * window.kernel.z + kw]
          let from = input + (d * window.input.y + h) * window.input.z + offset
          if window.stride.z == 1 {
            let w = splat(weight)
            var i = inside.lowerBound
            while i + 8 <= inside.upperBound {
              store(load(out + i).addingProduct(w, load(from + i)), out + i)
              i += 8
            }
            while i < inside.upperBound {
              out[i] += weight * from[i]
              i += 1
            }
          } else {
            for i in inside { out[i] += weight * from[i * window.stride.z] }
          }
        }
      }
    }
  }
}

/// `values[i] = function(values[i] + bias)` over one line.
public func addBias(
  _ bias: Float, then function: ElementFunction, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  if bias != 0 || function == .identity {
    let b = splat(bias)
    var i = 0
    if case .relu = function {
      let zero = splat(0)
      while i + 8 <= count {
        let sum = load(values + i) + b
        store(sum.replacing(with: zero, where: sum .< zero), values + i)
        i += 8
      }
      while i < count {
        let sum = values[i] + bias
        values[i] = sum < 0 ? 0 : sum
        i += 1
      }
      return
    }
    while i + 8 <= count {
      store(load(values + i) + b, values + i)
      i += 8
    }
    while i < count {
      values[i] += bias
      i += 1
    }
  }
  apply(function, values, values, count: count)
}
