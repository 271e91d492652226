import Testing

@testable import Neural

@Suite("A planned network")
struct PlannedNetworkTests {
  private static let x = (0..<2 * 32 * 32).map { Float($0 % 97) / 97 - 0.5 }

  /// Two convolutions, one of each layout that weights are packed for, and a batch norm that makes them anew.
  private func network() throws -> Network {
    var noise = Noise(7)
    var builder = ModelBuilder()
    builder.input("x", [-1, 2, 32, 32])
    builder.floats("w", [16, 2, 3, 3], noise.values(16 * 2 * 9))
    for name in ["scale", "bias", "mean", "variance"] { builder.floats(name, [16], (1...16).map { Float($0) / 16 }) }
    builder.floats("v", [8, 16, 3, 3], noise.values(8 * 16 * 9))
    builder.node("Conv", ["x", "w"], ["c"], ["pads": [1, 1, 1, 1]])
    builder.node("BatchNormalization", ["c", "scale", "bias", "mean", "variance"], ["n"])
    builder.node("Relu", ["n"], ["r"])
    builder.node("Conv", ["r", "v"], ["y"], ["pads": [1, 1, 1, 1]])
    builder.output("y")
    return try builder.network()
  }

  private func result(of execution: Execution) -> [Float] {
    execution.set("x", Self.x)
    execution.run()
    return execution.values("y")
  }

  @Test("needs nothing of the network that it was made of, and computes the same on any thread's workspace")
  func outlives() throws {
    weak var origin: Network?
    let expected: [Float]
    let planned: PlannedNetwork
    do {
      let network = try network()
      origin = network
      expected = result(of: try network.execution(inputs: ["x": [1, 2, 32, 32]]))
      planned = try network.planned(inputs: ["x": [1, 2, 32, 32]])
    }
    #expect(origin == nil)
    #expect(Set(expected).count > 1_000)
    let workspace = Workspace()
    let (first, second) = (planned.execution(workspace: workspace), planned.execution(workspace: workspace))
    for execution in [planned.execution(), first, second, first] { #expect(result(of: execution) == expected) }
  }
}
