import Foundation
import Neural
import Testing

@testable import NeuralTraining

@Suite("Checkpoints") struct CheckpointTests {
  /// A run over a small network with everything that has a state: statistics, dropout, moments, an average.
  private struct Run {
    let network: TrainingNetwork
    let execution: TrainingExecution
    let optimizer: Optimizer
    let average: WeightAverage

    init(seed: UInt64 = 4) throws {
      var builder = ModelBuilder(seed: seed)
      let x = try builder.input("x", [2, 6, 6])
      let features = try builder.relu(
        "relu", try builder.batchNorm("norm", try builder.conv("conv", x, to: 5, kernel: 3, padding: 1)))
      try builder.output("y", try builder.conv("head", try builder.dropout("drop", features, ratio: 0.4), to: 1))
      network = try TrainingNetwork(try builder.model(), seed: seed)
      execution = try network.execution(inputs: ["x": [3, 2, 6, 6]])
      optimizer = Optimizer(.adamW(), for: network)
      average = WeightAverage(of: network, decay: 0.9)
    }

    func steps(_ range: Range<Int>) {
      for step in range {
        var noise = Noise(UInt64(step + 1))
        execution.set("x", noise.values(216))
        let targets = noise.values(108).map { $0 > 0 ? Float(1) : 0 }
        execution.forward()
        execution.addLoss(to: "y") { logits, gradient in
          _ = SegmentationLoss().add(logits: logits, targets: targets.span, samples: 3, to: &gradient)
        }
        execution.backward()
        optimizer.update(learningRate: 0.01)
        average.update()
      }
    }

    var checkpoint: Checkpoint { Checkpoint(network, optimizer, average: average, notes: ["epoch": "3", "π": "ü"]) }
  }

  @Test("a run that stopped and went on ends with the same bytes as one that did not")
  func resuming() throws {
    let straight = try Run()
    straight.steps(0..<12)
    let first = try Run()
    first.steps(0..<5)
    let path = NSTemporaryDirectory() + "run-\(UUID().uuidString).checkpoint"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try first.checkpoint.write(to: path)
    let second = try Run(seed: 99)
    let read = try Checkpoint(contentsOf: path)
    #expect(read.notes == ["epoch": "3", "π": "ü"])
    #expect(read.stepCount == 5)
    try read.restore(second.network, second.optimizer, average: second.average)
    #expect(second.checkpoint.serialized() == first.checkpoint.serialized())
    second.steps(5..<12)
    #expect(second.checkpoint.serialized() == straight.checkpoint.serialized())
  }

  @Test("refuses another network, other settings, and changes nothing then")
  func mismatches() throws {
    let run = try Run()
    run.steps(0..<2)
    let checkpoint = run.checkpoint
    func refusal(_ body: () throws -> Void) {
      let error = #expect(throws: TrainingError.self) { try body() }
      #expect(error?.code == .mismatch)
    }
    let other = try Run(seed: 5)
    let before = other.checkpoint.serialized()
    let sgd = Optimizer(.sgd(), for: other.network)
    refusal { try checkpoint.restore(other.network, sgd, average: other.average) }
    refusal { try checkpoint.restore(other.network, other.optimizer) }
    refusal {
      try checkpoint.restore(
        other.network, other.optimizer, average: WeightAverage(of: other.network, decay: 0.99))
    }
    #expect(other.checkpoint.serialized() == before)
    let unet = try TrainingNetwork(try UNet(base: 2, levels: 2).model(seed: 1), seed: 1)
    refusal { try checkpoint.restoreWeights(unet) }
    try checkpoint.restoreWeights(other.network)
    #expect(other.network.parameter("conv.weight")?.floats == run.network.parameter("conv.weight")?.floats)
  }

  @Test("a file cut short anywhere is refused")
  func truncation() throws {
    let bytes = try Run().checkpoint.serialized()
    for length in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: TrainingError.self) { try Checkpoint(bytes: Array(bytes[..<length])) }
    }
    #expect(throws: TrainingError.self) { try Checkpoint(bytes: bytes + [0]) }
  }

  @Test("a single flipped bit anywhere is noticed")
  func corruption() throws {
    let bytes = try Run().checkpoint.serialized()
    for index in stride(from: 0, to: bytes.count, by: 5) {
      var damaged = bytes
      damaged[index] ^= 1 << UInt8(index % 8)
      // The four bytes that mean nothing may mean anything.
      if (12..<16).contains(index) { continue }
      #expect(throws: TrainingError.self, "byte \(index)") { try Checkpoint(bytes: damaged) }
    }
  }

  @Test("hostile contents under a valid checksum throw or are read, and never trap")
  func fuzzing() throws {
    let bytes = try Run().checkpoint.serialized()
    var generator = SeededGenerator(seed: 11)
    var refused = 0
    for _ in 0..<3000 {
      var hostile = bytes
      for _ in 0..<Int(generator.next() % 3 + 1) {
        let at = Int(generator.next() % UInt64(hostile.count - 40)) + 24
        switch generator.next() % 4 {
        case 0: hostile[at] = UInt8(truncatingIfNeeded: generator.next())
        case 1: for i in 0..<8 { hostile[at + i] = 0xFF }
        case 2: hostile[at + 7] = 0x7F
        default: hostile.removeSubrange(at..<at + Int(generator.next() % 16))
        }
      }
      // Make length and checksum fit, so that the body is read.
      let length = UInt64(hostile.count - 32)
      for i in 0..<8 { hostile[16 + i] = UInt8(truncatingIfNeeded: length >> UInt64(8 * i)) }
      let sum = Checkpoint.checksum(hostile[..<(hostile.count - 8)])
      for i in 0..<8 { hostile[hostile.count - 8 + i] = UInt8(truncatingIfNeeded: sum >> UInt64(8 * i)) }
      do {
        let checkpoint = try Checkpoint(bytes: hostile)
        let run = try Run()
        try checkpoint.restore(run.network, run.optimizer, average: run.average)
      } catch is TrainingError {
        refused += 1
      }
    }
    #expect(refused > 500)
  }

  @Test("a missing file and a folder that is not there are named")
  func files() throws {
    #expect(throws: TrainingError.self) { try Checkpoint(contentsOf: "/nowhere/run") }
    let error = #expect(throws: TrainingError.self) { try Run().checkpoint.write(to: "/nowhere/run") }
    #expect(error?.message.contains("/nowhere/run") == true)
  }
}
