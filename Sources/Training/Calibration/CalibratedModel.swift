internal import Forensics
internal import Foundation
internal import Media
internal import Neural

/// Writes what calibration chose into a model's metadata; weights and golden test stay as they are.
extension Calibrated {
  /// The metadata that a calibrated model has beside its own.
  func metadata(from sha256: String) -> [String: String] {
    let point = report.after
    return [
      ModelCard.Key.threshold: "\(point.threshold)", ModelCard.Key.minimumComponent: "\(point.minimumComponent)",
      ModelCard.Key.line: "\(point.votes.line)", ModelCard.Key.margin: "\(point.votes.margin)",
      ModelCard.Key.dwell: "\(point.votes.dwell)", ModelCard.Key.temperature: "\(point.calibration.temperature)",
      ModelCard.Key.bias: "\(point.calibration.bias)",
      ModelCard.Key.clearance: "\(point.calibration.score(of: point.votes.clearance))",
      ModelCard.Key.calibration: CalibrationText.sentence(report), ModelCard.Key.calibratedFrom: sha256,
    ]
  }

  /// Writes the calibrated model in place of the one it was made from.
  /// - Parameter path: the ONNX file, or a folder with `model.onnx`.
  /// - Throws: `EvaluationError`, `ModelError` or `DetectorError`; the model is then as it was.
  public func replace(_ path: String) throws {
    let file = Self.file(of: path)
    let model = try calibratedModel(from: file)
    // Beside the golden test, which it has to pass before it takes the other's place.
    let draft = file + ".calibrating-\(ProcessInfo.processInfo.processIdentifier).onnx"
    defer { try? FileManager.default.removeItem(atPath: draft) }
    try model.write(to: draft)
    _ = try DetectorModel(path: draft)
    guard unsafe rename(draft, file) == 0 else {
      throw EvaluationError("\(file): cannot be replaced; may this user write in its folder?")
    }
  }

  /// Writes the calibrated model into a folder of its own, with the card and the golden test of the one it was made from.
  /// - Parameters:
  ///   - path: the ONNX file, or a folder with `model.onnx`.
  ///   - folder: made if need be; must hold no model yet.
  public func write(_ path: String, to folder: String) throws {
    let file = Self.file(of: path)
    let model = try calibratedModel(from: file)
    let target = folder + "/model.onnx"
    let files = FileManager.default
    guard !files.fileExists(atPath: target) else {
      throw EvaluationError("\(target): is there already; name another folder")
    }
    do {
      try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let origin = (file as NSString).deletingLastPathComponent
      let beside = try files.contentsOfDirectory(atPath: origin.isEmpty ? "." : origin)
      for name in beside where name == "CARD.md" || name.hasPrefix("test_data_set_") {
        try files.copyItem(atPath: (origin.isEmpty ? "." : origin) + "/" + name, toPath: folder + "/" + name)
      }
    } catch {
      throw EvaluationError("\(folder): cannot be filled: \(error.localizedDescription)")
    }
    try model.write(to: target)
    do { _ = try DetectorModel(path: folder) } catch {
      try? files.removeItem(atPath: target)
      throw error
    }
  }

  private func calibratedModel(from file: String) throws -> Model {
    let model = try Model(contentsOf: file)
    let sha256 = try SHA256.hexDigest(ofFile: file)
    // However often either was calibrated, scores fit a file that has the weights they were made with.
    let origin = model.metadata[ModelCard.Key.calibratedFrom] ?? sha256
    guard origin == scores.calibratedFrom ?? scores.sha256 || sha256 == scores.sha256 else {
      throw EvaluationError(
        "\(file): is not the model that these scores are from (SHA-256 \(scores.sha256)); name that one with --model, "
          + "or take the scores again")
    }
    return model.withMetadata(metadata(from: origin))
  }

  private static func file(of path: String) -> String {
    var isDirectory: ObjCBool = false
    let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    return exists && isDirectory.boolValue ? path + "/model.onnx" : path
  }
}
