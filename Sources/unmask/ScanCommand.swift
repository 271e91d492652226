internal import ArgumentParser
internal import Foundation
internal import Records
internal import Scan

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Scan files and folders; one verdict for each person and each file.")

  @OptionGroup var options: AnalysisOptions
  @OptionGroup var records: RecordOptions

  @Option(help: "Files open at once (default: one for each core).")
  var jobs: Int?

  @Argument(help: "Videos, pictures, folders (walked recursively), image sequences such as img%04d.png, or URLs.")
  var paths: [String]

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs \(jobs) should lie between 1 and 256") }
  }

  func run() throws {
    let run = try Run("scan", options, output: records.destination, delivery: .direct)
    let scan = try Scan(
      models: run.models, settings: run.settings, sink: run.sink, complain: { Diagnostics.say($0) })
    let signals = StopSignals { scan.stop() }
    let outcome = scan.run(paths: paths, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
    try run.stop(outcome.isInterrupted ? "interrupted" : "done")
    if signals.signal != nil { throw ExitStatus.interrupted }
    if outcome.failed > 0 { throw ExitStatus.someUnreadable }
    if outcome.hasFake && !records.exitZero { throw ExitStatus.manipulatedFound }
  }
}
