import Foundation
import Neural
import Testing

@testable import NeuralTraining

@Suite("Training") struct TrainingTests {
  /// A network started from PyTorch's small U-Net, with its batch in place.
  static func start(
    threads: Int = 1
  ) throws -> (golden: Golden.UNet, network: TrainingNetwork, execution: TrainingExecution) {
    let golden: Golden.UNet = try Golden.read("unet")
    let network = try TrainingNetwork(try Model(bytes: [UInt8](golden.model)), seed: 1)
    let execution = try network.execution(inputs: ["input": Shape(golden.images.shape)], threads: threads)
    execution.set("input", golden.images.floats)
    return (golden, network, execution)
  }

  static func step(_ golden: Golden.UNet, _ execution: TrainingExecution) -> Double {
    execution.forward()
    let loss = execution.addLoss(to: "logits") { logits, gradient in
      SegmentationLoss().add(logits: logits, targets: golden.masks.floats.span, samples: 3, to: &gradient)
    }
    execution.backward()
    return loss.total
  }

  @Test("the first ten losses of a small U-Net are PyTorch's", arguments: [1, 2])
  func losses(threads: Int) throws {
    let (golden, network, execution) = try Self.start(threads: threads)
    let optimizer = Optimizer(.adam(), for: network)
    for (index, expected) in golden.losses.enumerated() {
      let loss = Self.step(golden, execution)
      if index == 0 {
        for (name, gradient) in golden.gradients {
          expectClose(network.gradient(name)?.floats, gradient.floats, 1e-4, "gradient of \(name)")
        }
      }
      // Each step doubles what rounding has done to the last one.
      #expect(abs(loss - expected) < 2e-5 * pow(2, Double(index)), "loss \(index): \(loss), PyTorch's \(expected)")
      optimizer.update(learningRate: 1e-2)
    }
    for (name, values) in golden.running {
      expectClose(network.parameter(name)?.floats, values.floats, 1e-3, "running \(name)")
    }
  }

  @Test("numbers do not depend on the number of threads")
  func threadsDoNotMatter() throws {
    func weights(threads: Int) throws -> [UInt32] {
      let (golden, network, execution) = try Self.start(threads: threads)
      let optimizer = Optimizer(.adam(), for: network)
      for _ in 0..<3 {
        _ = Self.step(golden, execution)
        optimizer.update(learningRate: 1e-2)
      }
      return network.withParameters { span in span.indices.map { span[$0].bitPattern } }
    }
    let alone = try weights(threads: 1)
    #expect(try weights(threads: 2) == alone)
    #expect(try weights(threads: 3) == alone)
  }

  @Test("training makes the loss fall, and the trained model infers what training computed")
  func exportedModelAgrees() throws {
    let (golden, network, execution) = try Self.start()
    let optimizer = Optimizer(.adam(), for: network)
    let first = Self.step(golden, execution)
    for _ in 0..<40 {
      _ = Self.step(golden, execution)
      optimizer.update(learningRate: 1e-2)
    }
    #expect(Self.step(golden, execution) < 0.6 * first)
    // With running statistics equal to those of the batch, inference is what training computes.
    for _ in 0..<200 { execution.forward() }
    let trained = execution.values("logits")
    let model = try Model(bytes: try network.model().serialized())
    let inference = try Network(model).execution(inputs: ["input": Shape(golden.images.shape)])
    inference.withInput("input") {
      for index in golden.images.floats.indices { $0[index] = golden.images.floats[index] }
    }
    inference.run()
    let inferred = inference.withOutput("logits") { span in span.indices.map { span[$0] } }
    // The running variance has n - 1 in the denominator: at the lowest level 36 values, 1/36 more, half of it in each
    // of the deviations.
    expectClose(inferred, trained, 0.1, "logits")
  }

  @Test("frozen weights and constants stay as they are; all others move")
  func frozen() throws {
    let golden: Golden.UNet = try Golden.read("unet")
    let network = try TrainingNetwork(
      try Model(bytes: [UInt8](golden.model)), frozen: ["enc.0.0.weight"], seed: 1)
    #expect(network.layout["enc.0.0.weight"] == nil)
    let execution = try network.execution(inputs: ["input": Shape(golden.images.shape)])
    execution.set("input", golden.images.floats)
    let before = try network.model().parameters
    let optimizer = Optimizer(.sgd(), for: network)
    _ = Self.step(golden, execution)
    optimizer.update(learningRate: 0.1)
    let after = try network.model().parameters
    #expect(before["enc.0.0.weight"]?.floats == after["enc.0.0.weight"]?.floats)
    for entry in network.layout.entries {
      #expect(before[entry.name]?.floats != after[entry.name]?.floats, "\(entry.name) did not move")
    }
    #expect(throws: ModelError.self) { try TrainingNetwork(network.start, frozen: ["nobody"], seed: 1) }
  }

  @Test("dropout lets the stated part pass, the same forward and back, and another part each time")
  func dropout() throws {
    var builder = ModelBuilder(seed: 1)
    let x = try builder.input("x", [1000])
    try builder.output("y", try builder.dropout("drop", x, ratio: 0.3))
    let network = try TrainingNetwork(try builder.model(), seed: 5)
    let execution = try network.execution(inputs: ["x": [20, 1000]], inputGradients: true)
    let ones = [Float](repeating: 1, count: 20_000)
    execution.set("x", ones)
    execution.forward()
    let first = execution.values("y")
    execution.setGradient("y", ones)
    execution.backward()
    #expect(execution.inputGradient("x") == first)
    let passed = first.filter { $0 != 0 }
    #expect(passed.allSatisfy { abs($0 - 1 / 0.7) < 1e-6 })
    // Four deviations of a binomial distribution.
    let deviation = Double(20_000 * 0.3 * 0.7).squareRoot()
    #expect(abs(Double(passed.count) - 14_000) < 4 * deviation)
    execution.forward()
    #expect(execution.values("y") != first)
    let again = try TrainingNetwork(try builder.model(), seed: 5).execution(inputs: ["x": [20, 1000]], threads: 2)
    again.set("x", ones)
    again.forward()
    #expect(again.values("y") == first)
  }

  @Test("Unet_v1 at 256×256, batch 8, is planned within 3 GB, its parameters, gradients and moments included")
  func memory() throws {
    let network = try TrainingNetwork(try Architecture.unetV1.model(seed: 1), outputs: ["logits"], seed: 1)
    let plan = try TrainingPlan(network, shapes: ["input": [8, 3, 256, 256]], threads: 2, wantsInputs: false)
    let scratch = 2 * (plan.steps.map(\.scratchPerWorker).max() ?? 0)
    let blocks = 4 * network.layout.count + network.layout.count
    #expect(4 * (plan.memory.elements + scratch + blocks) < 3_000_000_000)
  }
}
