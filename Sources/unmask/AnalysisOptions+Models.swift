internal import Analysis
internal import Faces
internal import Forensics

extension AnalysisOptions {
  /// Loads and proves the models that the options name.
  func models() throws -> AnalysisModels {
    let faces = try FaceModels(directory: try faceModels ?? ModelPlaces.faces())
    let detector = try DetectorModel(path: try model ?? ModelPlaces.detector())
    if !detector.isProven {
      Diagnostics.say("\(detector.card.name) has no golden test beside it, so the engine could not prove itself on it")
    }
    return AnalysisModels(faces: faces, detector: detector)
  }
}
