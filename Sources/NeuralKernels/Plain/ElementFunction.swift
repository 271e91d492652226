import Glibc

/// A function of one number, applied to every element of a tensor: the activations and the arithmetic ones.
public enum ElementFunction: Sendable, Equatable {
  case identity, relu, sigmoid, tanh, hardSwish, silu, softplus, softsign
  case leakyRelu(slope: Float)
  case elu(alpha: Float)
  case selu(alpha: Float, gamma: Float)
  case hardSigmoid(alpha: Float, beta: Float)
  case clip(low: Float, high: Float)
  case thresholdedRelu(alpha: Float)
  case abs, neg, sqrt, reciprocal, exp, log, erf, floor, ceil, round, sign, sin, cos, tan
  case gelu, geluTanh, mish
}

/// Writes `function(x[i])` into `y[i]` for `count` elements; `x` and `y` may be the same.
public func apply(
  _ function: ElementFunction, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int
) {
  let zero = splat(0)
  let one = splat(1)
  switch function {
  case .identity: if UnsafePointer(y) != x { y.update(from: x, count: count) }
  case .relu: map(x, y, count) { $0.replacing(with: zero, where: $0 .< zero) }
  case .sigmoid: map(x, y, count, logistic)
  case .tanh: map(x, y, count, hyperbolicTangent)
  case .silu: map(x, y, count) { $0 * logistic($0) }
  case .leakyRelu(let slope):
    let s = splat(slope)
    map(x, y, count) { $0.replacing(with: $0 * s, where: $0 .< zero) }
  case .elu(let alpha):
    let a = splat(alpha)
    map(x, y, count) { $0.replacing(with: a * (eightExponentials($0) - one), where: $0 .< zero) }
  case .selu(let alpha, let gamma):
    let a = splat(alpha)
    let g = splat(gamma)
    map(x, y, count) { g * $0.replacing(with: a * (eightExponentials($0) - one), where: $0 .< zero) }
  case .hardSigmoid(let alpha, let beta):
    let a = splat(alpha)
    let b = splat(beta)
    map(x, y, count) { clamp($0 * a + b, zero, one) }
  case .hardSwish:
    let sixth = splat(1 / 6)
    let half = splat(0.5)
    map(x, y, count) { $0 * clamp($0 * sixth + half, zero, one) }
  case .clip(let low, let high):
    let l = splat(low)
    let h = splat(high)
    map(x, y, count) { clamp($0, l, h) }
  case .thresholdedRelu(let alpha):
    let a = splat(alpha)
    map(x, y, count) { $0.replacing(with: zero, where: $0 .<= a) }
  case .abs: map(x, y, count) { $0.replacing(with: -$0, where: $0 .< zero) + zero }
  case .neg: map(x, y, count) { -$0 }
  case .sqrt: map(x, y, count) { $0.squareRoot() }
  case .reciprocal: map(x, y, count) { one / $0 }
  case .exp: map(x, y, count, eightExponentials)
  case .log: each(x, y, count) { logf($0) }
  case .erf: each(x, y, count) { erff($0) }
  case .floor: each(x, y, count) { $0.rounded(.down) }
  case .ceil: each(x, y, count) { $0.rounded(.up) }
  case .round: each(x, y, count) { $0.rounded(.toNearestOrEven) }
  case .sign: each(x, y, count) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
  case .sin: each(x, y, count) { sinf($0) }
  case .cos: each(x, y, count) { cosf($0) }
  case .tan: each(x, y, count) { tanf($0) }
  case .softplus: each(x, y, count, softplus)
  case .softsign: each(x, y, count) { $0 / (1 + Swift.abs($0)) }
  case .gelu: each(x, y, count) { 0.5 * $0 * (1 + erff($0 * 0.707_106_77)) }
  case .geluTanh: each(x, y, count) { 0.5 * $0 * (1 + tanhf(0.797_884_6 * ($0 + 0.044_715 * $0 * $0 * $0))) }
  case .mish: each(x, y, count) { $0 * tanhf(softplus($0)) }
  }
}

/// ln(1 + e^x), without overflow for large x.
@inline(__always)
private func softplus(_ x: Float) -> Float { max(x, 0) + log1pf(expf(-Swift.abs(x))) }

/// Keeps NaN, as comparisons with it are false.
@inline(__always)
func clamp(_ x: SIMD8<Float>, _ low: SIMD8<Float>, _ high: SIMD8<Float>) -> SIMD8<Float> {
  let raised = x.replacing(with: low, where: x .< low)
  return raised.replacing(with: high, where: raised .> high)
}

@inline(__always)
func load(_ p: UnsafePointer<Float>) -> SIMD8<Float> { UnsafeRawPointer(p).loadUnaligned(as: SIMD8<Float>.self) }

@inline(__always)
func store(_ v: SIMD8<Float>, _ p: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(p).storeBytes(of: v, as: SIMD8<Float>.self)
}

/// Eight lanes at a time; the tail goes through the same lanes, so that no element depends on its place.
@inline(__always)
private func map(
  _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int, _ body: (SIMD8<Float>) -> SIMD8<Float>
) {
  var i = 0
  while i + 8 <= count {
    store(body(load(x + i)), y + i)
    i += 8
  }
  guard i < count else { return }
  var lanes = SIMD8<Float>()
  for j in i..<count { lanes[j - i] = x[j] }
  lanes = body(lanes)
  for j in i..<count { y[j] = lanes[j - i] }
}

@inline(__always)
private func each(
  _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int, _ body: (Float) -> Float
) {
  for i in 0..<count { y[i] = body(x[i]) }
}
