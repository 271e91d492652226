internal import ArgumentParser
internal import Foundation
internal import Records
internal import Watch

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Watch streams until stopped; verdicts leave as they are reached.")

  @OptionGroup var options: AnalysisOptions
  @OptionGroup var records: RecordOptions

  @Option(
    help: ArgumentHelp(
      "Read further addresses from a file, one a line, so that passwords in them do not show in the process list.",
      valueName: "file"))
  var sourcesFrom: String?

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

  func validate() throws {
    if sources.isEmpty && sourcesFrom == nil { throw ValidationError("name a source, or a file with --sources-from") }
  }

  /// All addresses: those on the command line, then those of the file; its empty lines and comments (#) do not count.
  private func addresses() throws -> [String] {
    guard let sourcesFrom else { return sources }
    guard let text = try? String(contentsOfFile: sourcesFrom, encoding: .utf8) else {
      Diagnostics.say("\(sourcesFrom): cannot be read; it should be a text file with one address a line")
      throw ExitStatus.fatal
    }
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    let listed = lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    if sources.isEmpty && listed.isEmpty {
      Diagnostics.say("\(sourcesFrom): holds no address; write one a line")
      throw ExitStatus.fatal
    }
    return sources + listed
  }

  func run() throws {
    let addresses = try addresses()
    let health = try health.configuration()
    let run = try Run("watch", options, output: records.destination, delivery: .queued)
    let watch: Watch
    do {
      watch = try Watch(
        addresses: addresses, models: run.models, settings: run.settings, health: health,
        evidence: EvidenceConfiguration(directory: evidence),
        keeping: evidence == nil ? .none : evidenceKind == .clip ? .clip : .picture, version: Unmask.version,
        sink: run.sink, complain: { Diagnostics.say($0, waits: false) })
    } catch {
      Diagnostics.say("\(error)")
      try run.stop("failed")
      throw ExitStatus.fatal
    }
    if let address = watch.healthAddress { Diagnostics.say("health is served at \(address.url)") }
    let signals = StopSignals { watch.stop() }
    let outcome = watch.run()
    try run.stop(signals.signal == nil ? "sources_ended" : "signal")
    // A daemon's orderly end is a signal: SIGTERM from the service manager is no failure.
    if signals.signal == SIGTERM { return }
    if signals.signal != nil { throw ExitStatus.interrupted }
    if outcome.failures > 0 { throw ExitStatus.someUnreadable }
    if outcome.hasFake && !records.exitZero { throw ExitStatus.manipulatedFound }
  }
}
