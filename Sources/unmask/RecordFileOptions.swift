internal import ArgumentParser
internal import Watch

/// How a daemon keeps its file of records, in the words of the configuration.
struct RecordFileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Rename the file of records and begin anew above this size, such as 64MiB; off for never.", valueName: "size"))
  var rotateBytes: String?

  @Option(
    help: ArgumentHelp(
      "The same when its first record is this old, such as 12h or 1d; off for never.", valueName: "time"))
  var rotateAge: String?

  @Option(
    help: ArgumentHelp(
      "When records are forced onto the disk: never, alerts, records, or within a time such as 5s.",
      valueName: "when"))
  var fsync: String?

  func validate() throws {
    do throws(ConfigurationMistake) { _ = try overrides(path: nil) } catch { throw ValidationError("\(error)") }
  }

  /// - Parameter path: where records go.
  func overrides(path: String?) throws(ConfigurationMistake) -> OutputOverrides {
    var output = OutputOverrides(path: path)
    if let rotateBytes { try output.rotate(atBytes: rotateBytes, option: "--rotate-bytes") }
    if let rotateAge { try output.rotate(atAge: rotateAge, option: "--rotate-age") }
    if let fsync { try output.forceToDisk(fsync, option: "--fsync") }
    return output
  }
}
