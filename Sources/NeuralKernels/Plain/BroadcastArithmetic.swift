import Glibc

/// A function of two numbers, applied element by element with broadcasting.
public enum PairFunction: Sendable, Equatable {
  case add, subtract, multiply, divide, power, minimum, maximum, modulo, prelu
}

/// `y[i] = function(a[i * aStep], b[i * bStep])` over one line; steps are 0 (one value for the whole line) or 1.
public func combine(
  _ function: PairFunction, _ a: UnsafePointer<Float>, _ aStep: Int, _ b: UnsafePointer<Float>, _ bStep: Int,
  _ y: UnsafeMutablePointer<Float>, count: Int
) {
  let zero = splat(0)
  switch function {
  case .add: lines(a, aStep, b, bStep, y, count) { $0 + $1 }
  case .subtract: lines(a, aStep, b, bStep, y, count) { $0 - $1 }
  case .multiply: lines(a, aStep, b, bStep, y, count) { $0 * $1 }
  case .divide: lines(a, aStep, b, bStep, y, count) { $0 / $1 }
  case .minimum: lines(a, aStep, b, bStep, y, count) { $0.replacing(with: $1, where: $1 .< $0) }
  case .maximum: lines(a, aStep, b, bStep, y, count) { $0.replacing(with: $1, where: $1 .> $0) }
  case .prelu: lines(a, aStep, b, bStep, y, count) { $0.replacing(with: $0 * $1, where: $0 .< zero) }
  case .power:
    for i in 0..<count { y[i] = powf(a[i * aStep], b[i * bStep]) }
  case .modulo:
    for i in 0..<count { y[i] = fmodf(a[i * aStep], b[i * bStep]) }
  }
}

@inline(__always)
private func lines(
  _ a: UnsafePointer<Float>, _ aStep: Int, _ b: UnsafePointer<Float>, _ bStep: Int, _ y: UnsafeMutablePointer<Float>,
  _ count: Int, _ body: (SIMD8<Float>, SIMD8<Float>) -> SIMD8<Float>
) {
  var i = 0
  if aStep == 1 && bStep == 1 {
    while i + 8 <= count {
      store(body(load(a + i), load(b + i)), y + i)
      i += 8
    }
  } else if aStep == 1 {
    let right = splat(b[0])
    while i + 8 <= count {
      store(body(load(a + i), right), y + i)
      i += 8
    }
  } else if bStep == 1 {
    let left = splat(a[0])
    while i + 8 <= count {
      store(body(left, load(b + i)), y + i)
      i += 8
    }
  }
  while i < count {
    y[i] = body(splat(a[i * aStep]), splat(b[i * bStep]))[0]
    i += 1
  }
}
