import Glibc

/// Softmax over an axis of `length` elements that lie `stride` apart, for `lanes` neighbouring lines at once.
///
/// The greatest element is subtracted first, so that no exponential overflows.
public func softmaxLines(
  _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, length: Int, stride: Int, lanes: Range<Int>,
  logarithm: Bool
) {
  for lane in lanes {
    var greatest = -Float.infinity
    for i in 0..<length { greatest = max(greatest, x[i * stride + lane]) }
    var sum: Float = 0
    for i in 0..<length {
      let value = x[i * stride + lane] - greatest
      let exponential = expf(value)
      sum += exponential
      y[i * stride + lane] = logarithm ? value : exponential
    }
    if logarithm {
      let shift = logf(sum)
      for i in 0..<length { y[i * stride + lane] -= shift }
    } else {
      let scale = 1 / sum
      for i in 0..<length { y[i * stride + lane] *= scale }
    }
  }
}
