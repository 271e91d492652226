internal import ArgumentParser
internal import Foundation
internal import Training

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a detector on footage whose truth is known.",
    discussion: """
      SET is a folder with real/ and fake/ in it (and masks/, with the true masks of fakes, if there are any), a CSV file \
      of path,label,group,mask (paths relative to it), or scores that an earlier run kept with --scores.

      Exit status: 0 done, 2 usage or fatal error, 3 some inputs could not be read, 130 interrupted.
      """)

  @OptionGroup var options: AnalysisOptions

  @Flag(help: "Judge everything again after H.264 at crf 23, 32 and 40 and at half size.")
  var reencode = false

  @Option(
    help: ArgumentHelp("Write the report as JSON; - for standard output, instead of the table.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Write the report as one HTML page with plots.", valueName: "file"))
  var html: String?

  @Option(
    help: ArgumentHelp("Keep the scores of every frame, for calibrate or another evaluate.", valueName: "file.jsonl"))
  var scores: String?

  @Option(help: "Seed of the resampling.")
  var seed: UInt64 = 1

  @Option(help: "Resamples for each 95 % interval.")
  var rounds = 2000

  @Option(help: "Files open at once (default: one for each core).")
  var jobs: Int?

  @Argument(help: "A folder with real/ and fake/, a CSV file, or kept scores (.jsonl).")
  var set: String

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs \(jobs) should lie between 1 and 256") }
    guard (100...1_000_000).contains(rounds) else {
      throw ValidationError("--rounds \(rounds) should lie between 100 and 1000000")
    }
    if let scores, !Evaluation.readsScores(scores) {
      throw ValidationError(
        "--scores \(scores) should end in .jsonl, or it could not be told from a list when read again")
    }
  }

  func run() throws {
    let evaluation = try orFatal { try makeEvaluation() }
    let signals = StopSignals { evaluation.stop() }
    guard let evaluated = evaluation.run(), signals.signal == nil else { throw ExitStatus.interrupted }
    try orFatal {
      if let scores { try evaluated.writeScores(to: scores) }
      if evaluated.isEmpty { throw ValidationError("\(set): nothing in it could be judged") }
      if let html { try Self.write(Data(evaluated.html.utf8), to: html) }
      if let json { try Self.write(Data(evaluated.json), to: json) }
      if json != "-" { print(evaluated.text, terminator: "") }
    }
    if evaluated.hasFailures { throw ExitStatus.someUnreadable }
  }

  private func makeEvaluation() throws -> Evaluation {
    var wanted = Evaluation.Options()
    wanted.reencodes = reencode
    wanted.jobs = jobs ?? ProcessInfo.processInfo.activeProcessorCount
    wanted.seed = seed
    wanted.rounds = rounds
    if Evaluation.readsScores(set) { return try Evaluation(scores: set, options: wanted) }
    let isTerminal = isatty(STDERR_FILENO) == 1
    return try Evaluation(
      of: set, models: options.models(), settings: options.settings(), options: wanted,
      complain: { Diagnostics.say($0) },
      progress: { done, all in
        guard isTerminal else { return }
        try? FileHandle.standardError.write(contentsOf: Data("\r\(done) of \(all)\(done == all ? "\n" : "")".utf8))
      })
  }

  /// Ends the program with a sentence and status 2 when `body` throws.
  private func orFatal<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch {
      Diagnostics.say("\(error)")
      throw ExitStatus.fatal
    }
  }

  private static func write(_ data: Data, to path: String) throws {
    if path == "-" { return FileHandle.standardOutput.write(data) }
    do { try data.write(to: URL(fileURLWithPath: path)) } catch {
      throw ValidationError("\(path): cannot be written: \(error.localizedDescription)")
    }
  }
}
