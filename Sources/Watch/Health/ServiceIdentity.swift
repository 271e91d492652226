public import Analysis
internal import Forensics

/// Which program answers, and with which model: for `/metrics` and the status page.
public struct ServiceIdentity: Sendable, Hashable {
  /// The program's version.
  public let version: String
  let model: String
  let modelVersion: String
  /// SHA-256 of the model's file, hexadecimal.
  let modelSHA256: String

  public init(version: String, models: AnalysisModels) {
    self.init(
      version: version, model: models.detector.card.name, modelVersion: models.detector.card.version,
      modelSHA256: models.detector.sha256)
  }

  init(version: String, model: String, modelVersion: String, modelSHA256: String) {
    self.version = version
    self.model = model
    self.modelVersion = modelVersion
    self.modelSHA256 = modelSHA256
  }
}
