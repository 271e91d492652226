import Foundation
import NeuralKernels
import Testing

@testable import Neural

@Suite("Plain kernels") struct KernelTests {
  static let functions: [(ElementFunction, @Sendable (Double) -> Double)] = [
    (.exp, { exp($0) }), (.sigmoid, { 1 / (1 + exp(-$0)) }), (.tanh, { tanh($0) }),
    (.silu, { $0 / (1 + exp(-$0)) }), (.elu(alpha: 0.7), { $0 < 0 ? 0.7 * expm1($0) : $0 }),
    (.hardSwish, { $0 * min(max($0 / 6 + 0.5, 0), 1) }), (.relu, { max($0, 0) }),
    (.leakyRelu(slope: 0.2), { $0 < 0 ? 0.2 * $0 : $0 }), (.erf, { erf($0) }), (.softplus, { log1p(exp($0)) }),
  ]

  @Test(
    "element functions agree with double precision at and around vector widths",
    arguments: [1, 7, 8, 9, 15, 16, 17, 4001])
  func functionsAgree(count: Int) {
    let x = (0..<count).map { Float($0 - count / 2) * (80 / Float(max(count, 2))) }
    for (function, exact) in Self.functions {
      var y = [Float](repeating: .nan, count: count + 1)
      unsafe apply(function, x, &y, count: count)
      for index in 0..<count {
        let expected = exact(Double(x[index]))
        // Six digits of the value, or of 1 where the value is a difference of numbers around 1.
        #expect(abs(Double(y[index]) - expected) <= 1e-6 * abs(expected) + 2e-7, "\(function) at \(x[index])")
      }
      #expect(y[count].isNaN, "\(function) writes beyond its count")
    }
  }

  @Test("element functions keep NaN and reach the limits of the range", arguments: [1, 8])
  func extremes(count: Int) {
    for function in [ElementFunction.relu, .exp, .sigmoid, .tanh, .clip(low: -1, high: 1), .leakyRelu(slope: 0.1)] {
      var y = [Float](repeating: 0, count: count)
      unsafe apply(function, [Float](repeating: .nan, count: count), &y, count: count)
      #expect(y.filter(\.isNaN).count == count, "\(function)")
    }
    var y = [Float](repeating: 0.5, count: count)
    unsafe apply(.exp, [Float](repeating: 1000, count: count), &y, count: count)
    #expect(y[0] == .infinity)
    unsafe apply(.exp, [Float](repeating: -1000, count: count), &y, count: count)
    #expect(y[0] == 0)
    unsafe apply(.sigmoid, [Float](repeating: -1000, count: count), &y, count: count)
    #expect(y[0] == 0)
    unsafe apply(.tanh, [Float](repeating: 1000, count: count), &y, count: count)
    #expect(y[0] == 1)
  }

  @Test("every half-precision number is widened exactly")
  func halfPrecision() {
    let bits = (0...UInt16.max).map { $0 }
    var values = [Float](repeating: 0, count: bits.count)
    unsafe widenHalf(bits, &values, count: bits.count)
    for (pattern, value) in zip(bits, values) {
      let expected = Float(Float16(bitPattern: pattern))
      #expect(value == expected || (value.isNaN && expected.isNaN))
    }
  }

  @Test("the halving maximum agrees with the general one", arguments: [1, 2, 7, 8, 9, 17], [2, 5])
  func halvingPool(width: Int, height: Int) {
    var noise = Noise(2)
    let inputWidth = 2 * width + 1
    let x = noise.values(inputWidth * 2 * height)
    let one = SIMD3(1, 1, 1)
    let window = Window(
      input: SIMD3(1, 2 * height, inputWidth), output: SIMD3(1, height, width), kernel: SIMD3(1, 2, 2),
      stride: SIMD3(1, 2, 2), dilation: one, padding: SIMD3(0, 0, 0))
    var (fast, plain) = ([Float](repeating: 0, count: width * height), [Float](repeating: 1, count: width * height))
    unsafe maxPoolPlane2x2(input: x, inputWidth: inputWidth, output: &fast, height: height, width: width)
    unsafe maxPoolPlane(window, input: x, output: &plain)
    #expect(fast == plain)
  }

  @Test(
    "small and large matrix products agree with the definition, transposed or not",
    arguments: [(1, 1, 1), (3, 7, 5), (2, 8, 9), (5, 33, 17), (4, 40, 64), (1, 128, 576), (130, 90, 101)],
    [(false, false), (true, false), (false, true), (true, true)])
  func matrixProducts(sizes: (Int, Int, Int), transposed: (Bool, Bool)) {
    let (rows, columns, depth) = sizes
    var noise = Noise(4)
    // Rows lie further apart than they are long.
    let (aStride, bStride, cStride) = (
      (transposed.0 ? rows : depth) + 2, (transposed.1 ? depth : columns) + 1, columns + 3
    )
    let a = noise.values(aStride * (transposed.0 ? depth : rows))
    let b = noise.values(bStride * (transposed.1 ? columns : depth))
    let start = noise.values(cStride * rows)
    for (scale, adding) in [(Float(1), Float(0)), (0.5, 2)] {
      var c = start
      unsafe matrixProduct(
        rows: rows, columns: columns, depth: depth, a: a, aStride: aStride, aTransposed: transposed.0, b: b,
        bStride: bStride, bTransposed: transposed.1, c: &c, cStride: cStride, scale: scale, adding: adding)
      for row in 0..<rows {
        for column in 0..<cStride {
          let before = start[row * cStride + column]
          guard column < columns else {
            #expect(c[row * cStride + column] == before, "writes beyond a row")
            continue
          }
          var sum = 0.0
          for k in 0..<depth {
            let left = transposed.0 ? a[k * aStride + row] : a[row * aStride + k]
            let right = transposed.1 ? b[column * bStride + k] : b[k * bStride + column]
            sum += Double(left) * Double(right)
          }
          let expected = Double(scale) * sum + Double(adding) * Double(before)
          let bound = 1.2e-7 * Double(depth + 8)
          if abs(Double(c[row * cStride + column]) - expected) > bound {
            Issue.record("\(c[row * cStride + column]) at \(row), \(column), expected \(expected)")
          }
        }
      }
    }
  }
}
