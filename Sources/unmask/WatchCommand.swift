internal import Analysis
internal import ArgumentParser
internal import Foundation
internal import Records
internal import Watch

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Watch streams until stopped; verdicts leave as they are reached.",
    discussion: """
      Without sources, what to watch stands in a configuration file. SIGHUP reads it again and opens files of records \
      anew. Options given here take the place of the file's defaults.
      """)

  @OptionGroup var options: AnalysisOptions
  @OptionGroup var records: RecordOptions

  @Option(
    help: ArgumentHelp(
      "Configuration file (default, without sources: \(ConfigurationFile.standardPath)).", valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "Read further addresses from a file, one a line, so that passwords in them do not show in the process list.",
      valueName: "file"))
  var sourcesFrom: String?

  @OptionGroup var recordFile: RecordFileOptions

  @OptionGroup var health: HealthOptions

  @Option(
    help: ArgumentHelp(
      "Keep a picture of each alert, the face with its mask, in a folder that is bounded by size and age.",
      valueName: "folder"))
  var evidence: String?

  @Option(help: "What is kept of each alert: picture, or clip for the video around it as well.")
  var evidenceKind: Kept = .picture

  enum Kept: String, ExpressibleByArgument, CaseIterable {
    case picture, clip
  }

  @Argument(help: "RTSP, HLS or HTTP addresses, or files.")
  var sources: [String] = []

  /// The configuration file: the one that is named, or the standard one when nothing else says what to watch.
  private var path: String? {
    config ?? (sources.isEmpty && sourcesFrom == nil ? ConfigurationFile.standardPath : nil)
  }

  func validate() throws {
    if config == nil, let path, !FileManager.default.fileExists(atPath: path) {
      throw ValidationError("name a source, or a configuration file with --config; there is none at \(path)")
    }
  }

  func run() throws {
    Unmask.shareFreedMemory()
    // A reload that is asked for while models load is no reason to end.
    ReloadSignal.hold()
    let watched = WatchedConfiguration(path: path, overrides: try overrides(), sourcesFrom: sourcesFrom)
    let reading = watched.read()
    let configuration = try watched.accepted(reading)
    let models = try watched.models(configuration, reading)
    let settings = try options.settings()
    let run = try Run(
      "watch", models: models, settings: settings, described: described(configuration), output: configuration.output,
      delivery: .queued, reason: path == nil ? "command_line" : "configuration")
    let watch: Watch
    do {
      watch = try Watch(
        configuration, models: models, version: Unmask.version, sink: run.sink,
        complain: { Diagnostics.say($0, waits: false) })
    } catch {
      Diagnostics.say("\(error)")
      try run.stop("failed")
      throw ExitStatus.fatal
    }
    if let address = watch.healthAddress { Diagnostics.say("health is served at \(address.url)") }
    let signals = StopSignals { watch.stop() }
    let reloads = ReloadSignal { watch.reload(watched.canChange ? { watched.read() } : nil) }
    let outcome = withExtendedLifetime(reloads) { watch.run() }
    try run.stop(signals.signal == nil ? "sources_ended" : "signal")
    // A daemon's orderly end is a signal: SIGTERM from the service manager is no failure.
    if signals.signal == SIGTERM { return }
    if signals.signal != nil { throw ExitStatus.interrupted }
    if outcome.failures > 0 { throw ExitStatus.someUnreadable }
    if outcome.hasFake && !records.exitZero { throw ExitStatus.manipulatedFound }
  }

  /// What the command line says beside a file.
  private func overrides() throws -> ConfigurationOverrides {
    var overrides = try options.overrides(sources: sources)
    overrides.output = try recordFile.overrides(path: records.output)
    overrides.health = try health.configuration()
    overrides.evidenceDirectory = evidence
    if evidence != nil { overrides.evidenceKind = evidenceKind == .clip ? .clip : .picture }
    return overrides
  }

  /// What `service.start` says of the settings: with a file, those of a stream stand there.
  private func described(_ configuration: WatchConfiguration) throws -> [(name: String, value: JSONValue)] {
    guard let path else {
      var settings = try options.settings()
      settings.threads = configuration.threads
      return settings.described
    }
    return [
      ("config", .string(path)), ("streams", .integer(Int64(configuration.streams.count))),
      ("threads", .integer(Int64(configuration.threads))),
    ]
  }
}
