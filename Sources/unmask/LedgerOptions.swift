internal import ArgumentParser
internal import Foundation
internal import Scan

/// Where a scan keeps what it has seen.
struct LedgerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep what was seen in this file (default: \(LedgerOptions.usualPlace)).", valueName: "file"))
  var ledger: String?

  @Flag(help: "Keep nothing, and look at everything anew.")
  var noLedger = false

  @Flag(help: "Go on with the same scan where it was cut short; begin it if it was not.")
  var resume = false

  @Flag(help: "Read every file again to tell whether it has changed, not only those with another size or time.")
  var rehash = false

  @Flag(help: "Keep no pictures of faces in the ledger.")
  var noPictures = false

  static let usualPlace = "$XDG_STATE_HOME/unmask/scan.ledger"

  func validate() throws {
    if noLedger, ledger != nil { throw ValidationError("--ledger and --no-ledger exclude each other") }
    if noLedger, resume { throw ValidationError("--resume needs a ledger") }
  }

  /// Opens the ledger.
  /// - Parameter forReport: whether a report will be made of what it holds in the end.
  func open(forReport: Bool) throws(LedgerError) -> Ledger {
    if noLedger { return try Ledger(temporary: (), forgetsTold: !forReport) }
    if let ledger { return try Ledger(path: ledger) }
    do throws(LedgerError) {
      return try Ledger(path: Self.place(ProcessInfo.processInfo.environment))
    } catch {
      // A home that cannot be written, as in a container, is no reason not to scan.
      guard error.code == .unreachable, !resume else { throw error }
      Diagnostics.say("\(error); this scan keeps none and cannot be resumed")
      return try Ledger(temporary: (), forgetsTold: !forReport)
    }
  }

  /// The folder of the service when systemd names one, else the user's own by the XDG Base Directory Specification.
  static func place(_ environment: [String: String]) -> String {
    func absolute(_ name: String) -> String? {
      environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    if let folder = absolute("STATE_DIRECTORY") { return folder.split(separator: ":")[0] + "/scan.ledger" }
    let state = absolute("XDG_STATE_HOME") ?? NSHomeDirectory() + "/.local/state"
    return state + "/unmask/scan.ledger"
  }
}
