import Testing

@testable import Neural

@Suite("Optimised graph") struct OptimizerTests {
  @Test("a convolution takes in the batch normalisation and the activation after it")
  func fusesConvolution() throws {
    let network = try ModelReaderTests.sample().network()
    #expect(network.operations["BatchNormalization"] == nil)
    #expect(network.operations["Relu"] == nil)
    #expect(network.operations["Conv"] == 1)
  }

  @Test(
    "gives what the operators give one by one", arguments: ["Relu", "Sigmoid", "HardSwish", "Tanh", "Elu", "PRelu"],
    ["Conv", "ConvTranspose"])
  func fusionChangesNothing(activation: String, convolution: String) throws {
    var noise = Noise(11)
    let (w, slopes) = (noise.values(3 * 4 * 9), noise.values(4))
    let statistics = (0..<4).map { _ in noise.values(4).map { abs($0) + 0.1 } }
    let x = noise.values(2 * 3 * 7 * 6)
    /// With every intermediate value an output of the graph, nothing can be fused.
    func run(keepingIntermediates: Bool) throws -> [Float] {
      var builder = ModelBuilder()
      builder.input("x", [2, 3, 7, 6])
      builder.floats("w", convolution == "Conv" ? [4, 3, 3, 3] : [3, 4, 3, 3], w)
      for (name, values) in zip(["s", "b", "m", "v"], statistics) { builder.floats(name, [4], values) }
      builder.floats("slopes", [4, 1, 1], slopes)
      builder.node(convolution, ["x", "w"], ["c"])
      builder.node("BatchNormalization", ["c", "s", "b", "m", "v"], ["n"])
      builder.node(activation, activation == "PRelu" ? ["n", "slopes"] : ["n"], ["y"])
      builder.output("y")
      if keepingIntermediates { for name in ["c", "n"] { builder.output(name) } }
      let network = try builder.network()
      #expect(network.operations.values.reduce(0, +) == (keepingIntermediates ? 3 : 1))
      let execution = try network.execution(inputs: ["x": [2, 3, 7, 6]])
      execution.set("x", x)
      execution.run()
      return execution.values("y")
    }
    let (fused, plain) = (try run(keepingIntermediates: false), try run(keepingIntermediates: true))
    #expect(zip(fused, plain).allSatisfy { abs($0 - $1) < 2e-5 })
    #expect(fused.count == plain.count)
  }

  @Test("batch normalisation in groups of a transposed convolution scales the right channels")
  func groupedTransposedNormalisation() throws {
    var noise = Noise(12)
    let (w, x) = (noise.values(4 * 3 * 4), noise.values(4 * 5 * 5))
    func run(keepingIntermediates: Bool) throws -> [Float] {
      var builder = ModelBuilder()
      builder.input("x", [1, 4, 5, 5])
      builder.floats("w", [4, 3, 2, 2], w)
      for (index, name) in ["s", "b", "m", "v"].enumerated() {
        builder.floats(name, [6], (0..<6).map { Float($0 + index + 1) / 4 })
      }
      builder.node("ConvTranspose", ["x", "w"], ["c"], ["group": [2], "strides": [2, 2]])
      builder.node("BatchNormalization", ["c", "s", "b", "m", "v"], ["y"], ["training_mode": [0]])
      builder.output("y")
      if keepingIntermediates { builder.output("c") }
      let network = try builder.network()
      #expect((network.operations["BatchNormalization"] == nil) == !keepingIntermediates)
      let execution = try network.execution(inputs: ["x": [1, 4, 5, 5]])
      execution.set("x", x)
      execution.run()
      return execution.values("y")
    }
    let (fused, plain) = (try run(keepingIntermediates: false), try run(keepingIntermediates: true))
    #expect(zip(fused, plain).allSatisfy { abs($0 - $1) < 2e-5 })
  }

  @Test("shapes computed in the graph are known while planning, for each input shape anew")
  func shapesAreFolded() throws {
    let network = try ModelReaderTests.sample().network()
    for batch in [1, 3] {
      let execution = try network.execution(inputs: ["x": [batch, 2, 5, 5]])
      #expect(execution.shape(ofOutput: "y") == [batch, 75])
      #expect(execution.plan.steps.allSatisfy { ["Conv", "Blocked", "RowMajor"].contains($0.operation) })
    }
  }
}
