internal import Analysis
internal import Faces
internal import Forensics

extension AnalysisOptions {
  /// Loads and proves the models that the options name.
  func models() throws -> AnalysisModels { try AnalysisModels(detector: model, faces: faceModels) }
}

extension AnalysisModels {
  /// Loads and proves models; those that come with the program where no path is given.
  init(detector: String?, faces: String?) throws {
    try self.init(faces: Self.faces(faces), detector: Self.detector(detector))
  }

  static func faces(_ path: String?) throws -> FaceModels { try FaceModels(directory: path ?? ModelPlaces.faces()) }

  static func detector(_ path: String?) throws -> DetectorModel {
    let detector = try DetectorModel(path: path ?? ModelPlaces.detector())
    if !detector.isProven {
      Diagnostics.say("\(detector.card.name) has no golden test beside it, so the engine could not prove itself on it")
    }
    return detector
  }
}
