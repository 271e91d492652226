import Forensics
import Foundation
import Neural
import NeuralTraining
import Testing

@testable import Training

/// Noise, and the same noise with a smooth patch in it: what a small network can learn to see in a few steps.
private struct PatchPairs: PairSource {
  let side: Int
  let faceCounts = (training: 100, heldOut: 10)
  var fingerprint = "patches"
  let summary = "patches"

  func pair(_ draw: PairDraw) throws -> TrainingPair {
    var random = SeededRandom(seed: draw.generatorSeed())
    let real = (0..<3 * side * side).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    var (fake, mask) = (real, [UInt8](repeating: 0, count: side * side))
    let (left, top, length) = (random.index(side / 2), random.index(side / 2), side / 2)
    for y in top..<top + length {
      for x in left..<left + length {
        mask[y * side + x] = 1
        for channel in 0..<3 { fake[3 * (y * side + x) + channel] = 128 }
      }
    }
    return TrainingPair(side: side, real: real, fake: fake, mask: mask)
  }
}

@Suite("A training run") struct TrainerTests {
  private let folder: RunFolder
  private let start: String
  private let source = PatchPairs(side: 32)
  private let identity = ModelIdentity(name: "patches", version: "1", licence: "none", isHalfPrecision: true)

  init() throws {
    let base = NSTemporaryDirectory() + "trainer-\(UUID().uuidString)"
    folder = RunFolder(path: base + "/run")
    start = base + "/start.onnx"
    try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
    try HaarUNet(features: [8, 16], side: 32).model(seed: 2).write(to: start)
  }

  private func recipe(steps: Int) -> TrainingRecipe {
    var recipe = TrainingRecipe(start: .model(path: start))
    (recipe.size, recipe.batch, recipe.length) = (32, 8, .steps(steps))
    (recipe.learningRate, recipe.warmUp, recipe.epoch, recipe.validationPairs) = (0.01, 3, 10, 8)
    (recipe.averaging, recipe.headOnly) = (0.9, 4)
    return recipe
  }

  private func trainer(_ recipe: TrainingRecipe, in folder: RunFolder, threads: Int = 1) throws -> Trainer {
    try Trainer(
      beginning: recipe, identity: identity, material: TrainingMaterial(faces: ["faces"]), source: source, in: folder,
      threads: threads)
  }

  /// Runs until so many steps of this call lie behind.
  private func run(_ trainer: Trainer, steps: Int = .max) throws -> Trainer.Ending {
    let taken = Counter()
    return try trainer.run(isStopped: { taken.value >= steps }) { news in
      if case .step = news { taken.value += 1 }
    }
  }

  private final class Counter: @unchecked Sendable {
    // Sendable: `run` asks and tells on the one thread that called it.
    var value = 0
  }

  private func weights(_ folder: RunFolder) throws -> [String: [Float]] {
    try Model(contentsOf: folder.model).parameters.mapValues(\.floats).compactMapValues(\.self)
  }

  @Test("interrupted and resumed ends with the weights of an uninterrupted one, bit for bit")
  func resumed() throws {
    guard case .finished = try run(try trainer(recipe(steps: 25), in: folder)) else {
      Issue.record("the run should end by itself")
      return
    }
    let broken = RunFolder(path: folder.path + "-broken")
    #expect(try run(try trainer(recipe(steps: 25), in: broken), steps: 7) == .interrupted(step: 7))
    for (steps, threads) in [(6, 1), (100, 2)] {
      let saved = try SavedRun(broken) { Issue.record("\($0)") }
      let trainer = try Trainer(resuming: saved, source: source, threads: threads) { Issue.record("\($0)") }
      _ = try run(trainer, steps: steps)
    }
    #expect(try weights(broken) == weights(folder))
    func lines(_ folder: RunFolder) throws -> [String] {
      // Times differ; all other figures must not.
      try String(contentsOfFile: folder.metrics, encoding: .utf8).split(separator: "\n")
        .map { String($0.replacing(#/"seconds":[0-9.]+/#, with: "")) }
    }
    #expect(try lines(broken) == lines(folder))
  }

  @Test("learns, and writes a model that scanning takes, with curves, sheets and figures")
  func learns() throws {
    var recipe = recipe(steps: 60)
    recipe.headOnly = 0
    let ending = try run(try trainer(recipe, in: folder, threads: 2))
    guard case .finished(let figures) = ending else {
      Issue.record("the run should end by itself")
      return
    }
    #expect(figures.auroc > 0.95)
    #expect(figures.dice > 0.6)
    let model = try DetectorModel(path: folder.model)
    #expect(model.card.name == "patches")
    #expect(model.card.inputSize == 32)
    #expect(model.card.cropEdge == .inside)
    #expect(model.card.figures?.contains("not measured on genuine deepfakes") == true)
    for file in [folder.curves, folder.metrics, folder.masks(epoch: 6)] {
      #expect(FileManager.default.fileExists(atPath: file), "\(file)")
    }
  }

  @Test("goes on from a model that comes with the program", arguments: ["effunet", "unet_v1", "unet"])
  func shippedModels(name: String) throws {
    let root = #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 }
    let original = root + "/Models/\(name)/model.onnx"
    var recipe = TrainingRecipe(start: .model(path: original))
    (recipe.size, recipe.batch, recipe.length) = (32, 2, .steps(2))
    (recipe.learningRate, recipe.warmUp, recipe.epoch, recipe.validationPairs) = (1e-3, 0, 2, 2)
    guard case .finished = try run(try trainer(recipe, in: folder)) else {
      Issue.record("the run should end by itself")
      return
    }
    let before = try Model(contentsOf: original).parameters.mapValues(\.floats).compactMapValues(\.self)
    let after = try weights(folder)
    #expect(!after.isEmpty && after.values.allSatisfy { $0.allSatisfy(\.isFinite) })
    #expect(before != after)
    _ = try DetectorModel(path: folder.model)
  }

  @Test("a damaged checkpoint gives way to the one before it, and that is said")
  func damagedCheckpoint() throws {
    _ = try run(try trainer(recipe(steps: 30), in: folder), steps: 15)
    var bytes = try Data(contentsOf: URL(filePath: folder.checkpoint))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(filePath: folder.checkpoint))
    var said: [String] = []
    let saved = try SavedRun(folder) { said.append($0) }
    #expect(saved.state.step == 10)
    #expect(said.count == 1 && said[0].contains("the checkpoint before it is used"))
  }

  @Test("refuses a folder that holds a run, and says when the faces have changed")
  func folders() throws {
    _ = try run(try trainer(recipe(steps: 30), in: folder), steps: 2)
    #expect(throws: Training.TrainingError.self) { try trainer(recipe(steps: 30), in: folder) }
    var other = source
    other.fingerprint = "others"
    var said: [String] = []
    _ = try Trainer(resuming: try SavedRun(folder) { _ in }, source: other, threads: 1) { said.append($0) }
    #expect(said.count == 1)
  }

  @Test("a loss that is no number ends it in a sentence that says what to do, before the weights move")
  func divergence() throws {
    let broken = try Model(contentsOf: start).withParameters(["pixels.bias": Tensor([1], floats: [.nan])])
    try broken.write(to: start)
    var recipe = recipe(steps: 5)
    recipe.headOnly = 0
    let trainer = try trainer(recipe, in: folder)
    let error = #expect(throws: Training.TrainingError.self) { try run(trainer) }
    #expect(error?.description.contains("step 1") == true && error?.description.contains("--learning-rate") == true)
    #expect(try SavedRun(folder) { _ in }.state.step == 0)
  }

  @Test("the kernel's account of free memory is read, whatever stands around it")
  func freeMemory() {
    #expect(FreeMemory.available(in: "MemTotal: 9 kB\nMemAvailable:    2048 kB\nX: 1\n") == 2048 * 1024)
    #expect(FreeMemory.available(in: "MemAvailable: much\n") == nil)
    #expect(FreeMemory.available(in: "") == nil)
  }
}
