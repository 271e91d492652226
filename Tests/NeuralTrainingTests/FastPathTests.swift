import Neural
import Testing

@testable import NeuralTraining

@Suite("The fast paths of training") struct FastPathTests {
  /// One forward and backward pass from the same start; outputs, gradients, running statistics.
  private func pass(
    _ model: Model, _ side: (height: Int, width: Int), isPlain: Bool, threads: Int, seed: UInt64 = 5
  ) throws -> (output: [Float], gradients: [String: [Float]], statistics: [Float]) {
    let output = try #require(model.logitsName(ofOutput: "mask"))
    let network = try TrainingNetwork(model, outputs: [output], seed: 1)
    let shape = Shape([3, 3, side.height, side.width])
    let plan = try TrainingPlan(
      network, shapes: ["input": shape], threads: threads, wantsInputs: false, isPlain: isPlain)
    let execution = TrainingExecution(network, plan, threads: threads, sharesEverything: true)
    var random = SeededGenerator(seed: seed)
    execution.set("input", (0..<shape.count).map { _ in Float.random(in: -1...1, using: &random) })
    // The second pass meets memory that the first has used.
    for _ in 0..<2 {
      execution.forward()
      let count = execution.shape(ofOutput: output).count
      execution.setGradient(output, (0..<count).map { Float($0 % 7) - 3 })
      execution.backward()
    }
    let gradients = network.layout.entries.map { ($0.name, network.gradient($0.name)?.floats ?? []) }
    return (
      execution.values(output), Dictionary(uniqueKeysWithValues: gradients),
      network.withBuffers { span in span.indices.map { span[$0] } }
    )
  }

  private func model(_ name: String) throws -> Model {
    switch name {
    case "unet": try UNet(base: 16, levels: 4, side: 32).model(seed: 3)
    case "odd unet": try UNet(base: 10, levels: 3, side: 32).model(seed: 4)
    default: try HaarUNet(features: [16, 24, 40], side: 48).model(seed: 5)
    }
  }

  @Test(
    "give what the plain rules give, on full blocks and on part of one, on any number of threads",
    arguments: ["unet", "odd unet", "haar"], [1, 2])
  func agreement(name: String, threads: Int) throws {
    let side = name == "haar" ? (height: 48, width: 64) : (height: 32, width: 40)
    // Now and then rounding takes a rectifier or a maximum to the other side of a tie, and gradients jump. A kernel that
    // is wrong is wrong for every input.
    var worst: [String] = []
    for seed in 1...4 as ClosedRange<UInt64> {
      let plain = try pass(try model(name), side, isPlain: true, threads: 1, seed: seed)
      let fast = try pass(try model(name), side, isPlain: false, threads: threads, seed: seed)
      // Winograd's transforms round more than plain sums do, and a dozen layers pass it on.
      expectClose(fast.output, plain.output, 2e-4, "output")
      expectClose(fast.statistics, plain.statistics, 1e-4, "running statistics")
      worst = plain.gradients.filter { apart($0.value, fast.gradients[$0.key] ?? []) > 3e-3 }.keys.sorted()
      if worst.isEmpty { break }
    }
    #expect(worst == [])
  }

  /// The greatest difference, as a share of the greatest element.
  private func apart(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    let scale = a.reduce(1e-3) { max($0, abs($1)) }
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
  }

  @Test("do not depend on the number of threads, to the last bit")
  func threads() throws {
    let alone = try pass(try model("unet"), (32, 40), isPlain: false, threads: 1)
    let shared = try pass(try model("unet"), (32, 40), isPlain: false, threads: 3)
    #expect(alone.output == shared.output)
    #expect(alone.gradients == shared.gradients)
    #expect(alone.statistics == shared.statistics)
  }

  @Test("compute one output alone where only that is asked for, and leave the gradients of the rest at zero")
  func partOfTheOutputs() throws {
    let network = try TrainingNetwork(try model("haar"), outputs: ["logits", "real_fake"], seed: 1)
    let whole = try network.execution(inputs: ["input": [2, 3, 48, 48]])
    let head = try network.execution(inputs: ["input": [2, 3, 48, 48]], outputs: ["real_fake"])
    #expect(head.multiplyAdds < whole.multiplyAdds * 2 / 3)
    var random = SeededGenerator(seed: 6)
    head.set("input", (0..<2 * 3 * 48 * 48).map { _ in Float.random(in: -1...1, using: &random) })
    head.forward()
    head.setGradient("real_fake", [1, -1])
    head.backward()
    #expect(network.gradient("dec.0.0.weight")?.floats?.allSatisfy { $0 == 0 } == true)
    #expect(network.gradient("enc.0.0.weight")?.floats?.contains { $0 != 0 } == true)
  }
}
