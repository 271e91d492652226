internal import ArgumentParser
internal import Foundation
internal import Watch

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Watch streams until stopped; verdicts leave as they are reached.")

  @OptionGroup var options: AnalysisOptions

  @Argument(help: "RTSP, HLS or HTTP addresses, or files.")
  var sources: [String]

  func run() throws {
    let run = try Run("watch", options)
    let watch = try Watch(
      addresses: sources, models: run.models, settings: run.settings, sink: run.sink,
      complain: { Diagnostics.say($0) })
    let signals = StopSignals { watch.stop() }
    let outcome = watch.run()
    run.stop(signals.signal == nil ? "sources_ended" : "signal")
    if let failure = outcome.sinkFailure {
      Diagnostics.say("\(failure)")
      throw ExitStatus.fatal
    }
    // A daemon's orderly end is a signal: SIGTERM from the service manager is no failure.
    if signals.signal == SIGTERM { return }
    if signals.signal != nil { throw ExitStatus.interrupted }
    if outcome.failures > 0 { throw ExitStatus.someUnreadable }
    if outcome.hasFake && !options.exitZero { throw ExitStatus.manipulatedFound }
  }
}
