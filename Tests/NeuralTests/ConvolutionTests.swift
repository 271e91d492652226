import Testing

@testable import Neural

/// A convolution's sizes, as the tests vary them.
struct ConvolutionSizes: Sendable, CustomTestStringConvertible {
  var batch = 1
  var inputs: Int
  var outputs: Int
  var groups = 1
  var height: Int
  var width: Int
  var kernel = (3, 3)
  var stride = (1, 1)
  var dilation = (1, 1)
  /// top, left, bottom, right
  var pads = (0, 0, 0, 0)

  var testDescription: String {
    "\(batch)x\(inputs)x\(height)x\(width) to \(outputs), kernel \(kernel), stride \(stride), groups \(groups)"
  }

  var outputHeight: Int { (height + pads.0 + pads.2 - (kernel.0 - 1) * dilation.0 - 1) / stride.0 + 1 }
  var outputWidth: Int { (width + pads.1 + pads.3 - (kernel.1 - 1) * dilation.1 - 1) / stride.1 + 1 }

  /// The definition, in `Double`, one output at a time.
  func naive(_ x: [Float], _ w: [Float], _ bias: [Float]) -> [Float] {
    var y: [Float] = []
    let (inGroup, outGroup) = (inputs / groups, outputs / groups)
    for n in 0..<batch {
      for o in 0..<outputs {
        for oh in 0..<outputHeight {
          for ow in 0..<outputWidth {
            var sum = Double(bias[o])
            for i in 0..<inGroup {
              for kh in 0..<kernel.0 {
                for kw in 0..<kernel.1 {
                  let h = oh * stride.0 + kh * dilation.0 - pads.0
                  let v = ow * stride.1 + kw * dilation.1 - pads.1
                  guard h >= 0, h < height, v >= 0, v < width else { continue }
                  let channel = o / outGroup * inGroup + i
                  sum +=
                    Double(x[((n * inputs + channel) * height + h) * width + v])
                    * Double(w[((o * inGroup + i) * kernel.0 + kh) * kernel.1 + kw])
                }
              }
            }
            y.append(Float(sum))
          }
        }
      }
    }
    return y
  }
}

@Suite("Convolution") struct ConvolutionTests {
  static let sizes: [ConvolutionSizes] = [
    .init(inputs: 1, outputs: 1, height: 3, width: 3),
    .init(inputs: 3, outputs: 5, height: 7, width: 9, pads: (1, 1, 1, 1)),
    .init(batch: 2, inputs: 4, outputs: 6, height: 8, width: 17, stride: (2, 2), pads: (0, 1, 1, 0)),
    .init(batch: 2, inputs: 8, outputs: 9, height: 5, width: 33, kernel: (1, 1)),
    .init(inputs: 8, outputs: 4, height: 9, width: 9, kernel: (1, 1), stride: (2, 2)),
    .init(inputs: 6, outputs: 6, groups: 6, height: 11, width: 13, pads: (1, 1, 1, 1)),
    .init(inputs: 6, outputs: 12, groups: 6, height: 11, width: 13, stride: (2, 1), pads: (2, 0, 1, 3)),
    .init(batch: 2, inputs: 8, outputs: 12, groups: 4, height: 6, width: 10, dilation: (2, 3), pads: (2, 3, 2, 3)),
    .init(
      inputs: 2, outputs: 3, height: 16, width: 16, kernel: (5, 2), stride: (3, 2), dilation: (2, 1), pads: (4, 1, 3, 0)
    ),
    // Several tiles of rows for each group.
    .init(inputs: 40, outputs: 7, height: 70, width: 65, pads: (1, 1, 1, 1)),
  ]

  @Test("plain and blocked kernels agree with the definition, on one thread and on several", arguments: sizes)
  func agreesWithNaive(_ sizes: ConvolutionSizes) throws {
    var noise = Noise(3)
    let x = noise.values(sizes.batch * sizes.inputs * sizes.height * sizes.width)
    let w = noise.values(sizes.outputs * sizes.inputs / sizes.groups * sizes.kernel.0 * sizes.kernel.1)
    let bias = noise.values(sizes.outputs)
    var builder = ModelBuilder()
    builder.input("x", [-1, -1, -1, -1])
    builder.floats(
      "w", [sizes.outputs, sizes.inputs / sizes.groups, sizes.kernel.0, sizes.kernel.1].map(Int64.init), w)
    builder.floats("b", [Int64(sizes.outputs)], bias)
    builder.node(
      "Conv", ["x", "w", "b"], ["y"],
      [
        "group": [Int64(sizes.groups)], "strides": [sizes.stride.0, sizes.stride.1].map(Int64.init),
        "dilations": [sizes.dilation.0, sizes.dilation.1].map(Int64.init),
        "pads": [sizes.pads.0, sizes.pads.1, sizes.pads.2, sizes.pads.3].map(Int64.init),
      ])
    builder.output("y")
    let network = try builder.network()
    let expected = sizes.naive(x, w, bias)
    // A sum of k products of numbers below 1 is off by at most about k times half a unit in the last place.
    let bound = Float(w.count / sizes.outputs + 8) * 1.2e-7
    for (threads, blocked) in [(1, false), (2, false), (3, false), (1, true), (2, true)] {
      let plan = try network.plan(
        inputs: ["x": [sizes.batch, sizes.inputs, sizes.height, sizes.width]],
        constants: [:], threads: threads, blocked: blocked)
      let execution = Execution(plan, threads: threads)
      execution.set("x", x)
      execution.run()
      let computed = execution.values("y")
      #expect(execution.shape(ofOutput: "y") == [sizes.batch, sizes.outputs, sizes.outputHeight, sizes.outputWidth])
      #expect(zip(computed, expected).allSatisfy { abs($0 - $1) <= bound * max(1, abs($1)) })
    }
  }

  @Test("weights that do not fit the input are refused by name")
  func misfit() throws {
    var builder = ModelBuilder()
    builder.input("x", [1, 16, 8, 8])
    builder.floats("w", [4, 32, 1, 1], Array(repeating: 0, count: 128))
    builder.node("Conv", ["x", "w"], ["y"])
    builder.output("y")
    let network = try builder.network()
    let error = #expect(throws: ModelError.self) { try network.execution(inputs: ["x": [1, 16, 8, 8]]) }
    #expect(error?.message == "node `y` (Conv): weights (4, 32, 1, 1) in 1 groups need 32 input channels, got 16")
  }
}
