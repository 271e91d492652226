internal import Analysis
internal import ArgumentParser
internal import Foundation
internal import Media
internal import Records
internal import Scan

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Scan files and folders; one verdict for each person and each file.")

  @OptionGroup var options: AnalysisOptions
  @OptionGroup var selection: ScanOptions
  @OptionGroup var limits: LimitOptions
  @OptionGroup var keeping: LedgerOptions
  @OptionGroup var records: RecordOptions

  @Option(help: "How results are written: json for programs, csv for spreadsheets, text for people (default: json).")
  var format = Format.json

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case json, csv, text

    var value: RecordFormat {
      switch self {
      case .json: .json
      case .csv: .csv
      case .text: .text
      }
    }
  }

  @Option(
    help:
      "How progress is told on standard error: drawn where it is a terminal (auto), as json each second, or not (none)."
  )
  var progress = ScanDisplay.Choice.auto

  @Option(
    help: ArgumentHelp("Make pages to look at, in a new folder or over an earlier report.", valueName: "folder"))
  var report: String?

  @Argument(help: "Videos, pictures, folders (walked recursively), image sequences such as img%04d.png, or URLs.")
  var paths: [String] = []

  func validate() throws {
    guard !paths.isEmpty || selection.filesFrom != nil else {
      throw ValidationError("name at least one file or folder, or give --files-from")
    }
    if selection.quick || selection.thorough, options.everyFrame || options.keyFrames {
      throw ValidationError("--quick and --thorough say themselves which frames are looked at")
    }
  }

  func run() throws {
    let run: Run
    let pages: Report?
    let scan: Scan
    let display: ScanDisplay?
    do {
      // A folder that must not be written is told before hours of work, not after.
      pages = try report.map { try Report(at: $0, version: Unmask.version) }
      let settings = try self.settings()
      let models = try options.models()
      let plan = try self.plan(models, settings)
      run = try Run(
        "scan", models: models, settings: settings, described: settings.described + limits.described, output: output,
        delivery: .direct,
        encoder: RecordEncoder(serviceVersion: Unmask.version, runID: plan.ulid, lastSequence: plan.lastSequence),
        reason: plan.isBeginning ? plan.isResumed ? "resumed" : "command_line" : nil)
      display = ScanDisplay(progress, writesToStandardOutput: output.path == nil)
      scan = try Scan(
        plan, models: models, settings: settings, sink: run.sink, observer: display,
        complain: { [display] in display?.say($0) ?? Diagnostics.say($0) })
    } catch let status as ExitStatus {
      throw status
    } catch {
      Diagnostics.say("\(error)")
      throw ExitStatus.fatal
    }
    let signals = StopSignals { scan.stop() }
    display?.start()
    var outcome = scan.run()
    display?.finish()
    try run.stop(outcome.ledgerFailure != nil ? "ledger" : outcome.isInterrupted ? "interrupted" : ScanPlan.done)
    do throws(LedgerError) { try scan.conclude(outcome) } catch { outcome.ledgerFailure = error }
    if let failure = outcome.ledgerFailure {
      Diagnostics.say("\(failure)")
      throw ExitStatus.fatal
    }
    if let pages, !write(pages, of: scan) { throw ExitStatus.fatal }
    if signals.signal != nil { throw ExitStatus.interrupted }
    if outcome.failed > 0 { throw ExitStatus.someUnreadable }
    if outcome.hasFake && !records.exitZero { throw ExitStatus.manipulatedFound }
  }

  private var output: OutputConfiguration {
    var output = records.destination
    output.format = format.value
    return output
  }

  private func settings() throws -> AnalysisSettings {
    var settings = try options.settings()
    if selection.quick { settings.expectKeyFrames() }
    if selection.thorough {
      settings.sampling = .everyFrame
      settings.reader.sampling = .everyFrame
    }
    limits.apply(to: &settings)
    return settings
  }

  /// Whether it could be written.
  private func write(_ report: Report, of scan: Scan) -> Bool {
    do {
      Diagnostics.say(try scan.write(report).sentence)
      return true
    } catch {
      Diagnostics.say("\(error)")
      return false
    }
  }

  private func plan(_ models: AnalysisModels, _ settings: AnalysisSettings) throws -> ScanPlan {
    var request = try selection.request(paths: paths)
    request.rehashes = keeping.rehash
    request.limits.seconds = limits.maxSecondsPerFile
    let ledger = try keeping.open(forReport: report != nil)
    request.keepsPictures = !keeping.noPictures && (report != nil || !ledger.isTemporary)
    return try ScanPlan(
      request, models: models, settings: settings, ledger: ledger, program: Unmask.version,
      resumes: keeping.resume, output: format == .json ? output.path ?? Self.standardOutput : nil)
  }

  /// Standard output by a name that can be opened, in case it is a file.
  private static let standardOutput = "/proc/self/fd/1"
}
