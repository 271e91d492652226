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
}
