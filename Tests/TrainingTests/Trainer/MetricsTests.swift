import Foundation
import Testing

@testable import Training

@Suite("The metrics of a run")
struct MetricsTests {
  private func figures(_ step: Int) -> StepFigures {
    StepFigures(
      step: step, images: 8 * step, epoch: 1, loss: 1.5 / Float(step), crossEntropy: 0.5, dice: 0.25, head: nil,
      learningRate: 0.001, gradientNorm: 2, seconds: Double(step))
  }

  private func validation(_ step: Int) -> ValidationFigures {
    ValidationFigures(
      step: step, images: 8 * step, epoch: 1, loss: 2, dice: 0.5, auroc: 0.75, balancedAccuracy: 0.7, threshold: 0.4,
      seconds: Double(step))
  }

  @Test("are one JSON object a line, in the order in which things happened")
  func lines() throws {
    let folder = try TemporaryFolder()
    let log = try MetricsLog(path: folder.file("metrics.jsonl"), continuingAfter: nil)
    log.append(figures(1))
    log.append(validation(1))
    let lines = try String(contentsOfFile: folder.file("metrics.jsonl"), encoding: .utf8).split(separator: "\n")
    #expect(
      lines == [
        #"{"type":"step","step":1,"images":8,"epoch":1,"loss":1.5,"bce":0.5,"dice":0.25,"learning_rate":0.001,"gradient_norm":2,"seconds":1}"#,
        #"{"type":"validation","step":1,"images":8,"epoch":1,"loss":2,"dice":0.5,"auroc":0.75,"balanced_accuracy":0.7,"threshold":0.4,"seconds":1}"#,
      ])
  }

  @Test("drop what a run wrote after the checkpoint it goes on from, and halved lines, and keep the rest")
  func continuing() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metrics.jsonl")
    do {
      let log = try MetricsLog(path: path, continuingAfter: nil)
      for step in 1...5 { log.append(figures(step)) }
      log.append(validation(3))
    }
    let whole = try String(contentsOfFile: path, encoding: .utf8)
    try (whole + #"{"type":"step","ste"#).write(toFile: path, atomically: true, encoding: .utf8)
    let log = try MetricsLog(path: path, continuingAfter: 3)
    #expect(log.history.steps == (1...3).map(figures))
    #expect(log.history.validations == [validation(3)])
    log.append(figures(4))
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.split(separator: "\n").count == 5)
    #expect(text.hasSuffix("\n"))
  }

  @Test("name the file that cannot be written")
  func unwritable() throws {
    let path = try TemporaryFolder().file("missing/metrics.jsonl")
    let error = #expect(throws: TrainingError.self) { try MetricsLog(path: path, continuingAfter: nil) }
    #expect(error?.description.hasPrefix(path) == true)
  }
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "unmask-training-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
}
