import Foundation
import Neural
import Testing

@testable import NeuralTraining

@Suite("Architectures") struct ArchitectureTests {
  /// As the papers' authors count them: every normalisation with four numbers a channel.
  @Test(
    "have as many weights as published, and losses that all of them follow",
    arguments: [
      (Architecture.unet, 7_764_000), (.unetV1, 7_780_000), (.gatedUNet, 7_766_000), (.gatedUNetV1, 7_782_000),
      (.shallowNetV1, 12_540_000), (.shallowNetV3, 4_840_000),
      (.talkerNet, 4_802_593), (.oneClassAutoencoder, 23_730_000),
    ])
  func parameters(architecture: Architecture, count: Int) throws {
    let model = try architecture.model(seed: 3)
    let trained = model.parameters.values.filter { $0.count > 1 || architecture == .talkerNet }
      .reduce(0) { $0 + $1.count }
    #expect(abs(Double(trained) / Double(count) - 1) < 3e-3, "\(trained)")
  }

  @Test("the talker network has exactly the weights its authors report")
  func exactCount() throws {
    #expect(try TrainingNetwork(try Architecture.talkerNet.model(seed: 1), seed: 1).parameterCount == 4_802_593)
  }

  @Test("the wavelet bands belong to the architecture: they keep all of the picture's energy and are not trained")
  func bands() throws {
    let network = try TrainingNetwork(try HaarUNet(features: [8], side: 16).model(seed: 1), seed: 1)
    #expect(!network.layout.entries.contains { $0.name.contains("haar") })
    #expect(network.layout.entries.contains { $0.name == "real_fake.weight" })
    let weights = HaarUNet.bands(colours: 1)
    for (first, second) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] {
      #expect((0..<4).reduce(Float(0)) { $0 + weights[4 * first + $1] * weights[4 * second + $1] } == 0)
    }
  }

  @Test("the same seed makes the same weights, another seed others")
  func seeds() throws {
    let (a, b, c) = (
      try UNet(base: 2, levels: 2).model(seed: 1), try UNet(base: 2, levels: 2).model(seed: 1),
      try UNet(base: 2, levels: 2).model(seed: 2)
    )
    #expect(try a.serialized() == b.serialized())
    #expect(try a.serialized() != c.serialized())
  }

  @Test("fresh weights have the deviation they should")
  func deviation() throws {
    let weight = try #require(try Architecture.unetV1.model(seed: 1).parameters["enc.3.0.weight"]?.floats)
    let variance = weight.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(weight.count)
    #expect(abs(variance / (2 / Double(64 * 9)) - 1) < 0.02)
  }

  @Test(
    "files of every architecture pass ONNX's own checker",
    arguments: [Architecture.unetV1, .gatedUNetV1, .haarUNet, .talkerNet, .oneClassAutoencoder])
  func checker(architecture: Architecture) throws {
    let path = NSTemporaryDirectory() + "built-\(UUID().uuidString).onnx"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try architecture.model(seed: 1).write(to: path, weights: .float16)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", "import onnx, sys; onnx.checker.check_model(sys.argv[1], full_check=True)", path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test(
    "the gated U-Nets have the layers of the committed models, and those can be a start",
    arguments: [(Architecture.gatedUNet, "unet"), (.gatedUNetV1, "unet_v1")])
  func committedModel(architecture: Architecture, name: String) throws {
    let path =
      Golden.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
      + "/Models/\(name)/model.onnx"
    let committed = try Model(contentsOf: path)
    let own = try architecture.model(seed: 1)
    #expect(own.inputs == committed.inputs)
    #expect(own.outputs.map(\.name) == committed.outputs.map(\.name))
    for operation in ["Conv", "ConvTranspose", "MaxPool", "GlobalMaxPool", "Concat", "Relu", "Sigmoid", "Mul"] {
      #expect(own.operatorCounts[operation] == committed.operatorCounts[operation])
    }
    func shapes(_ model: Model) -> [String] {
      model.parameters.values.filter { $0.shape.rank == 4 }.map(\.shape.description).sorted()
    }
    #expect(shapes(own) == shapes(committed))
    let network = try TrainingNetwork(committed, outputs: ["mask"], seed: 1)
    let execution = try network.execution(inputs: ["input": [1, 3, 32, 32]])
    let output = network.outputNames[0]
    #expect(execution.shape(ofOutput: output) == [1, 1, 32, 32])
    execution.forward()
    execution.setGradient(output, [Float](repeating: 1, count: 1024))
    execution.backward()
    #expect(network.gradientNorm.isFinite && network.gradientNorm > 0)
  }

  @Test(
    "every small architecture trains: its loss falls within a few steps",
    arguments: [(Architecture.shallowNetV3, 40, 1e-3), (.talkerNet, 12, 1e-4)])
  func classifiersTrain(architecture: Architecture, steps: Int, rate: Double) throws {
    let network = try TrainingNetwork(try architecture.model(seed: 2), outputs: ["logits"], seed: 2)
    let execution = try network.execution(inputs: ["input": [4, 3, 64, 64]])
    var noise = Noise(3)
    execution.set("input", noise.values(4 * 3 * 64 * 64).map { ($0 + 1) / 2 })
    let count = execution.shape(ofOutput: "logits").count
    let targets: [Float] = (0..<count).map { Float($0 % 2) }
    let optimizer = Optimizer(.adam(), for: network)
    var losses: [Double] = []
    for _ in 0..<steps {
      execution.forward()
      losses.append(
        execution.addLoss(to: "logits") { logits, gradient in
          BinaryCrossEntropy().add(logits: logits, targets: targets.span, to: &gradient)
        })
      execution.backward()
      network.clipGradients(toNorm: 5)
      optimizer.update(learningRate: rate)
    }
    let (first, last): (Double, Double) = (losses.prefix(3).reduce(0, +), losses.suffix(3).reduce(0, +))
    #expect(last < 0.9 * first, "\(losses)")
  }

  @Test("the autoencoder's two losses together have the gradient of their sum")
  func autoencoder() throws {
    let network = try TrainingNetwork(try Architecture.oneClassAutoencoder.model(seed: 2), seed: 2)
    let execution = try network.execution(inputs: ["input": [3, 3, 100, 100], "noise": [3, 1024]])
    var noise = Noise(3)
    let images = noise.values(3 * 30_000)
    execution.set("input", images)
    execution.set("noise", noise.values(3 * 1024))
    let optimizer = Optimizer(.adam(), for: network)
    var losses: [Double] = []
    for _ in 0..<8 {
      execution.forward()
      var loss = execution.addLoss(to: "reconstruction") { values, gradient in
        SquaredError(isMean: false).add(values: values, targets: images.span, samples: 3, to: &gradient)
      }
      loss += execution.withOutput("mean") { means in
        execution.addLoss(to: "log_variance") { variances, varianceGradient in
          execution.withOutputGradient("mean") { meanGradient in
            GaussianDivergence().add(
              means: means, logVariances: variances, samples: 3, toMeans: &meanGradient,
              toLogVariances: &varianceGradient)
          }
        }
      }
      losses.append(loss)
      execution.backward()
      optimizer.update(learningRate: 1e-3)
    }
    #expect(losses[7] < losses[0], "\(losses)")
  }
}
