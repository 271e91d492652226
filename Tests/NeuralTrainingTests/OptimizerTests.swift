import Foundation
import Neural
import Testing

@testable import NeuralTraining

@Suite("Optimisers") struct OptimizerTests {
  /// A network with one parameter of seven elements.
  private func network(_ values: [Float]) throws -> TrainingNetwork {
    var builder = ModelBuilder(seed: 1)
    let x = try builder.input("x", [7])
    try builder.output("y", try builder.gemm("p", x, to: 1, bias: false))
    return try TrainingNetwork(
      try builder.model().withParameters(["p.weight": Tensor([1, 7], floats: values)]), seed: 1)
  }

  @Test(
    "take PyTorch's steps",
    arguments: [
      ("adam", OptimizerMethod.adam(weightDecay: 0.2)), ("adamW", .adamW(beta1: 0.8, beta2: 0.95, weightDecay: 0.2)),
      ("sgd", .sgd(momentum: 0.9, weightDecay: 0.2)), ("nesterov", .sgd(momentum: 0.9, nesterov: true)),
    ])
  func steps(name: String, method: OptimizerMethod) throws {
    let golden: Golden.Optimizers = try Golden.read("optimizers")
    let network = try network(golden.start.floats)
    let optimizer = Optimizer(method, for: network)
    for gradient in golden.gradients {
      network.withGradients { span in for index in 0..<7 { span[index] = gradient.floats[index] } }
      optimizer.update(learningRate: 0.1)
    }
    expectClose(network.parameter("p.weight")?.floats, try #require(golden.after[name]).floats, 5e-6, name)
  }

  @Test("clipping keeps the direction, and takes no step along what is not a number")
  func clipping() throws {
    let network = try network(Array(repeating: 0, count: 7))
    network.withGradients { span in for index in 0..<7 { span[index] = Float(index) } }
    let norm = network.clipGradients(toNorm: 1)
    #expect(abs(norm - 91.0.squareRoot()) < 1e-5)
    #expect(abs(network.gradientNorm - 1) < 1e-5)
    let gradient = try #require(network.gradient("p.weight")?.floats)
    #expect(abs(gradient[6] / gradient[3] - 2) < 1e-5)
    network.withGradients { $0[2] = .nan }
    #expect(network.clipGradients(toNorm: 1).isNaN)
    #expect(network.gradientNorm == 0)
  }

  @Test("rates warm up and then take their course")
  func schedules() {
    let constant = LearningRateSchedule(base: 2, warmUp: 4)
    #expect([0, 1, 3, 4, 100].map(constant.rate) == [0.5, 1, 2, 2, 2])
    let steps = LearningRateSchedule(base: 8, course: .step(every: 10, factor: 0.5))
    #expect([0, 9, 10, 25].map(steps.rate) == [8, 8, 4, 2])
    let cosine = LearningRateSchedule(base: 1, warmUp: 10, course: .cosine(until: 110, floor: 0.1))
    #expect(abs(cosine.rate(at: 60) - 0.55) < 1e-9)
    #expect(abs(cosine.rate(at: 110) - 0.1) < 1e-9)
    #expect(abs(cosine.rate(at: 500) - 0.1) < 1e-9)
    #expect((10..<110).allSatisfy { cosine.rate(at: $0 + 1) < cosine.rate(at: $0) })
  }

  @Test("the average follows, and is what is exported when asked for")
  func average() throws {
    let network = try network(Array(repeating: 1, count: 7))
    let average = WeightAverage(of: network, decay: 0.5)
    network.withParameters { span in for index in 0..<7 { span[index] = 3 } }
    average.update()
    average.update()
    // 2/11 and 3/12 are less than the decay: 1 → 1 · 2/11 + 3 · 9/11 → …
    let expected = (1 * Float(2) / 11 + 3 * 9 / 11) * 0.25 + 3 * 0.75
    let exported = try #require(try network.model(average: average).parameters["p.weight"]?.floats)
    #expect(exported.allSatisfy { abs($0 - expected) < 1e-6 })
    #expect(try network.model().parameters["p.weight"]?.floats == Array(repeating: 3, count: 7))
  }
}
