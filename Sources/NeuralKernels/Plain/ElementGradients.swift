import Glibc

/// Which values of the forward pass the derivative of a function is computed from.
public enum DerivativeSource: Sendable {
  /// What the function was applied to.
  case argument
  /// What it gave: the argument need not be kept.
  case result
}

extension ElementFunction {
  /// What the derivative is computed from; nil for functions without a useful one.
  public var derivativeSource: DerivativeSource? {
    switch self {
    case .relu, .sigmoid, .tanh, .exp, .sqrt, .reciprocal, .identity: .result
    case .leakyRelu, .clip, .abs, .neg, .log, .softplus, .silu, .elu, .hardSigmoid, .hardSwish, .sin, .cos: .argument
    default: nil
    }
  }
}

/// `dx[i] = dy[i] · function'(…)`, added to what `dx` holds where `adding`. `values` are those that
/// `derivativeSource` names. At a corner the derivative is 0 for `relu` and `clip`, as PyTorch has it.
/// - Precondition: `function.derivativeSource` is not nil.
public func applyDerivative(
  _ function: ElementFunction, _ values: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
  _ dx: UnsafeMutablePointer<Float>, adding: Bool, count: Int
) {
  switch function {
  case .identity: each(values, dy, dx, adding, count) { _ in 1 }
  case .relu: each(values, dy, dx, adding, count) { $0 > 0 ? 1 : 0 }
  case .sigmoid: each(values, dy, dx, adding, count) { $0 * (1 - $0) }
  case .tanh: each(values, dy, dx, adding, count) { 1 - $0 * $0 }
  case .exp: each(values, dy, dx, adding, count) { $0 }
  case .sqrt: each(values, dy, dx, adding, count) { 0.5 / $0 }
  case .reciprocal: each(values, dy, dx, adding, count) { -$0 * $0 }
  case .leakyRelu(let slope): each(values, dy, dx, adding, count) { $0 > 0 ? 1 : slope }
  case .clip(let low, let high): each(values, dy, dx, adding, count) { $0 > low && $0 < high ? 1 : 0 }
  case .abs: each(values, dy, dx, adding, count) { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
  case .neg: each(values, dy, dx, adding, count) { _ in -1 }
  case .log: each(values, dy, dx, adding, count) { 1 / $0 }
  case .softplus: each(values, dy, dx, adding, count) { 1 / (1 + expf(-$0)) }
  case .silu:
    each(values, dy, dx, adding, count) {
      let s = 1 / (1 + expf(-$0))
      return s * (1 + $0 * (1 - s))
    }
  case .elu(let alpha): each(values, dy, dx, adding, count) { $0 > 0 ? 1 : alpha * expf($0) }
  case .hardSigmoid(let alpha, let beta):
    each(values, dy, dx, adding, count) { alpha * $0 + beta > 0 && alpha * $0 + beta < 1 ? alpha : 0 }
  case .hardSwish: each(values, dy, dx, adding, count) { $0 <= -3 ? 0 : $0 >= 3 ? 1 : $0 / 3 + 0.5 }
  case .sin: each(values, dy, dx, adding, count) { cosf($0) }
  case .cos: each(values, dy, dx, adding, count) { -sinf($0) }
  default: preconditionFailure("\(function) has no derivative here")
  }
}

@inline(__always)
private func each(
  _ values: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, _ adding: Bool,
  _ count: Int, _ derivative: (Float) -> Float
) {
  if adding {
    for i in 0..<count { dx[i] += dy[i] * derivative(values[i]) }
  } else {
    for i in 0..<count { dx[i] = dy[i] * derivative(values[i]) }
  }
}

/// `target[i] = factor · source[i]`, added to what `target` holds where `adding`.
public func scaleInto(
  _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, factor: Float, adding: Bool, count: Int
) {
  if adding {
    for i in 0..<count { target[i] += factor * source[i] }
  } else {
    for i in 0..<count { target[i] = factor * source[i] }
  }
}

/// Softmax's gradient for `lanes` neighbouring lines: dx = y · (dy − Σ dy · y); with `logarithm`, of its logarithm:
/// dx = dy − e^y · Σ dy.
public func softmaxGradientLines(
  _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, length: Int, stride: Int,
  lanes: Range<Int>, logarithm: Bool, adding: Bool
) {
  for lane in lanes {
    var sum: Float = 0
    for i in 0..<length { sum += logarithm ? dy[i * stride + lane] : dy[i * stride + lane] * y[i * stride + lane] }
    for i in 0..<length {
      let at = i * stride + lane
      let value = logarithm ? dy[at] - expf(y[at]) * sum : y[at] * (dy[at] - sum)
      dx[at] = adding ? dx[at] + value : value
    }
  }
}

/// Adds what each position of a resampled line passes back onto the lines it was mixed from: the transpose of
/// `resampleAxis`, with `dx` being added to.
public func resampleAxisGradient(
  _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, indices: UnsafePointer<Int>,
  weights: UnsafePointer<Float>, taps: Int, positions: Int, inner: Int
) {
  for position in 0..<positions {
    let source = dy + position * inner
    for tap in position * taps..<(position + 1) * taps where weights[tap] != 0 {
      let target = dx + indices[tap] * inner
      let factor = weights[tap]
      for i in 0..<inner { target[i] += factor * source[i] }
    }
  }
}
