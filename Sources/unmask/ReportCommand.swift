internal import ArgumentParser
internal import Foundation
internal import Scan

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make pages to look at from what scans have kept; several ledgers become one report.")

  @Option(
    help: ArgumentHelp(
      "Folder for the pages: a new one, or one with a report to bring up to date.", valueName: "folder"))
  var out: String

  @Argument(help: "Ledgers, as scan --ledger keeps them.")
  var ledgers: [String]

  func run() throws {
    do {
      let open = try ledgers.map { try Ledger(path: $0, for: .read) }
      let signals = StopSignals {}
      let outcome = try Report(at: out, version: Unmask.version).write(open) { signals.signal != nil }
      Diagnostics.say(outcome.sentence)
      if signals.signal != nil { throw ExitStatus.interrupted }
    } catch let status as ExitStatus {
      throw status
    } catch {
      Diagnostics.say("\(error)")
      throw ExitStatus.fatal
    }
  }
}
