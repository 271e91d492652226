internal import Watch

extension AnalysisOptions {
  /// What the command line says beside a configuration file; options that are not given say nothing.
  func overrides(sources: [String]) throws -> ConfigurationOverrides {
    var overrides = ConfigurationOverrides(sources: sources)
    overrides.sampling = sampling
    overrides.minimumFace = try minimumFace()
    overrides.threshold = threshold
    overrides.clearance = clearance
    overrides.window = window
    overrides.transport = transport?.value
    overrides.detector = model
    overrides.faces = faceModels
    overrides.threads = threads
    return overrides
  }
}
