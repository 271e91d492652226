public import Foundation
internal import Records

/// Reads what the daemon is to do from a YAML file, a command line, or both.
public enum ConfigurationFile {
  /// Where the file lies when nobody says.
  public static let standardPath = "/etc/unmask/unmask.yaml"

  /// Reads a file; a missing or unreadable one is a mistake like any other. May block on the disk.
  /// - Parameter path: nil for what the overrides say alone.
  public static func read(
    _ path: String?, overrides: ConfigurationOverrides = ConfigurationOverrides(),
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> ConfigurationReading {
    guard let path else { return read(text: "", file: nil, overrides: overrides, environment: environment) }
    do throws(ConfigurationMistake) {
      return read(text: try text(of: path), file: path, overrides: overrides, environment: environment)
    } catch {
      return ConfigurationReading(mistakes: [error])
    }
  }

  static func read(
    text: String, file: String?, overrides: ConfigurationOverrides = ConfigurationOverrides(),
    environment: [String: String] = [:]
  ) -> ConfigurationReading {
    let mistakes = MistakeList(file: file)
    let root = YAMLDocument.root(of: text, mistakes)
    // Of a file that is not YAML nothing else can be said.
    guard mistakes.isEmpty else {
      return ConfigurationReading(
        configuration: nil, mistakes: mistakes.sorted, warnings: mistakes.sortedWarnings, modelPlaces: [:])
    }
    let reader = ConfigurationReader(
      root, overrides: overrides, ReadingContext(mistakes: mistakes, environment: environment))
    var configuration = reader.read()
    // A command line that says nothing of it asks nothing of the disk.
    if file == nil, overrides.output.sync == nil { configuration.output.sync = .never }
    return ConfigurationReading(
      configuration: mistakes.isEmpty ? configuration : nil, mistakes: mistakes.sorted,
      warnings: mistakes.sortedWarnings, modelPlaces: reader.modelPlaces)
  }

  private static func text(of path: String) throws(ConfigurationMistake) -> String {
    var status = stat()
    let isThere = unsafe stat(path, &status) == 0
    if isThere, status.st_mode & S_IFMT == S_IFDIR {
      throw ConfigurationMistake(file: path, "is a folder; name the file")
    }
    guard isThere, let file = FileHandle(forReadingAtPath: path) else {
      throw ConfigurationMistake(file: path, "cannot be read: \(unsafe String(cString: strerror(errno)))")
    }
    guard let data = try? file.read(upToCount: YAMLDocument.maximumBytes + 1) else {
      throw ConfigurationMistake(file: path, "cannot be read to its end")
    }
    guard let text = String(bytes: data, encoding: .utf8) else {
      throw ConfigurationMistake(file: path, "is no text in UTF-8")
    }
    return text
  }
}
