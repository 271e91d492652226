internal import ArgumentParser
internal import Foundation
internal import Watch

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Tell every mistake in a configuration at once, with its place.",
    discussion: "Reads the file as `unmask watch` does and loads its models. Exit status 78 when there is a mistake.")

  @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
  var config = ConfigurationFile.standardPath

  func run() throws {
    let watched = WatchedConfiguration(path: config)
    let reading = watched.read()
    var mistakes = reading.mistakes
    var summary = ""
    if let configuration = reading.configuration {
      mistakes += watched.loaded(configuration, reading).1
      let count = configuration.streams.count
      summary = count == 0 ? "no stream is configured yet" : "\(count) stream\(count == 1 ? "" : "s")"
    }
    for warning in reading.warnings { Diagnostics.say("\(warning)") }
    for mistake in mistakes { Diagnostics.say("\(mistake)") }
    guard mistakes.isEmpty else {
      Diagnostics.say("\(config): \(mistakes.count) mistake\(mistakes.count == 1 ? "" : "s")")
      throw ExitStatus.badConfiguration
    }
    Diagnostics.say("\(config): no mistakes, \(summary)")
  }
}
