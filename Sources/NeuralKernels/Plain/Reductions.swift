import Glibc

/// How many numbers become one.
public enum Reduction: Sendable, Equatable {
  case sum, mean, maximum, minimum, product, l1, l2, sumOfSquares, logSum, logSumExp
}

/// Reduces the `count` elements at `x[offsets[i]]`; neighbouring elements where `offsets` is nil.
public func reduce(_ kind: Reduction, _ x: UnsafePointer<Float>, offsets: UnsafePointer<Int>?, count: Int) -> Float {
  switch kind {
  case .sum: return total(x, offsets, count) { $0 }
  case .mean: return total(x, offsets, count) { $0 } / Float(count)
  case .l1: return total(x, offsets, count) { $0.replacing(with: -$0, where: $0 .< splat(0)) }
  case .l2: return total(x, offsets, count) { $0 * $0 }.squareRoot()
  case .sumOfSquares: return total(x, offsets, count) { $0 * $0 }
  case .logSum: return logf(total(x, offsets, count) { $0 })
  case .maximum: return scan(x, offsets, count, -Float.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
  case .minimum: return scan(x, offsets, count, Float.infinity) { $1 < $0 || $1.isNaN ? $1 : $0 }
  case .product: return scan(x, offsets, count, 1) { $0 * $1 }
  case .logSumExp:
    let greatest = scan(x, offsets, count, -Float.infinity) { max($0, $1) }
    guard greatest.isFinite else { return greatest }
    return greatest + logf(scan(x, offsets, count, 0) { $0 + expf($1 - greatest) })
  }
}

/// Mean and mean squared distance from it of `count` neighbouring elements, in two passes for accuracy.
func moments(_ x: UnsafePointer<Float>, count: Int) -> (mean: Float, variance: Float) {
  let mean = total(x, nil, count) { $0 } / Float(count)
  let center = splat(mean)
  let variance = total(x, nil, count) { ($0 - center) * ($0 - center) } / Float(count)
  return (mean, variance)
}

/// Sums eight lanes at a time, so that long sums also lose less to rounding.
@inline(__always)
private func total(
  _ x: UnsafePointer<Float>, _ offsets: UnsafePointer<Int>?, _ count: Int,
  _ term: (SIMD8<Float>) -> SIMD8<Float>
) -> Float {
  var sum = splat(0)
  var i = 0
  if let offsets {
    var rest: Float = 0
    while i < count {
      rest += term(splat(x[offsets[i]]))[0]
      i += 1
    }
    return rest
  }
  while i + 8 <= count {
    sum += term(load(x + i))
    i += 8
  }
  var rest = sum.sum()
  while i < count {
    rest += term(splat(x[i]))[0]
    i += 1
  }
  return rest
}

@inline(__always)
private func scan(
  _ x: UnsafePointer<Float>, _ offsets: UnsafePointer<Int>?, _ count: Int, _ start: Float,
  _ combine: (Float, Float) -> Float
) -> Float {
  var result = start
  if let offsets {
    for i in 0..<count { result = combine(result, x[offsets[i]]) }
  } else {
    for i in 0..<count { result = combine(result, x[i]) }
  }
  return result
}
