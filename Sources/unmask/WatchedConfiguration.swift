internal import Analysis
internal import Foundation
internal import Watch

/// What a command line asks the daemon to do: a file, sources, or both, with options over it. Can be read again.
struct WatchedConfiguration {
  /// The file; nil for what the command line says alone.
  let path: String?
  /// What the command line says beside it.
  var overrides = ConfigurationOverrides()
  /// A file with further addresses, one a line.
  var sourcesFrom: String?

  /// Reads everything from the beginning.
  func read() -> ConfigurationReading {
    do throws(ConfigurationMistake) {
      var overrides = overrides
      overrides.sources += try addresses()
      return ConfigurationFile.read(path, overrides: overrides)
    } catch {
      return ConfigurationReading(mistakes: [error])
    }
  }

  /// Whether there is anything that a later reading could find changed.
  var canChange: Bool { path != nil || sourcesFrom != nil }

  /// The addresses of the list; empty lines and comments (#) do not count.
  private func addresses() throws(ConfigurationMistake) -> [String] {
    guard let sourcesFrom else { return [] }
    guard let text = try? String(contentsOfFile: sourcesFrom, encoding: .utf8) else {
      throw ConfigurationMistake(file: sourcesFrom, "cannot be read; it should be a text file with one address a line")
    }
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    let listed = lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    if path == nil && overrides.sources.isEmpty && listed.isEmpty {
      throw ConfigurationMistake(file: sourcesFrom, "holds no address; write one a line")
    }
    return listed
  }

  /// The configuration of a reading, or the end of the program with all that is wrong told.
  func accepted(_ reading: ConfigurationReading) throws(ExitStatus) -> WatchConfiguration {
    for warning in reading.warnings { Diagnostics.say("\(warning)") }
    if let configuration = reading.configuration { return configuration }
    for mistake in reading.mistakes { Diagnostics.say("\(mistake)") }
    throw path == nil ? .fatal : .badConfiguration
  }

  /// Loads and proves the models. What cannot be loaded is told with the place where the file names it.
  func models(_ configuration: WatchConfiguration, _ reading: ConfigurationReading) throws(ExitStatus) -> AnalysisModels
  {
    let (models, mistakes) = loaded(configuration, reading)
    if let models { return models }
    for mistake in mistakes { Diagnostics.say("\(mistake)") }
    throw mistakes.contains { $0.place != nil } ? .badConfiguration : .fatal
  }

  /// The models, or what is wrong with each of them.
  func loaded(_ configuration: WatchConfiguration, _ reading: ConfigurationReading) -> (
    AnalysisModels?, [ConfigurationMistake]
  ) {
    var mistakes: [ConfigurationMistake] = []
    func load<Model>(_ key: String, isOverridden: Bool, _ load: () throws -> Model) -> Model? {
      do {
        return try load()
      } catch {
        let place = isOverridden ? nil : reading.modelPlaces[key]
        mistakes.append(ConfigurationMistake(file: place == nil ? nil : path, place: place, "\(error)"))
        return nil
      }
    }
    let faces = load("face_models", isOverridden: overrides.faces != nil) {
      try AnalysisModels.faces(configuration.models.faces)
    }
    let detector = load("model", isOverridden: overrides.detector != nil) {
      try AnalysisModels.detector(configuration.models.detector)
    }
    guard let faces, let detector else { return (nil, mistakes) }
    return (AnalysisModels(faces: faces, detector: detector), [])
  }
}
