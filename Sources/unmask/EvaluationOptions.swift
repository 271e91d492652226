internal import ArgumentParser
internal import Foundation
internal import Records
internal import Training

/// What evaluate and calibrate have in common: the footage whose truth is known, and how it is judged.
struct EvaluationOptions: ParsableArguments {
  @OptionGroup var analysis: AnalysisOptions

  @Flag(help: "Judge everything again after H.264 at crf 23, 32 and 40 and at half size.")
  var reencode = false

  @Option(
    help: ArgumentHelp("Keep the scores of every frame, for calibrate or another evaluate.", valueName: "file.jsonl"))
  var scores: String?

  @Option(help: "Seed of the resampling.")
  var seed: UInt64 = 1

  @Option(help: "Resamples for each 95 % interval.")
  var rounds = 2000

  @Option(help: "Files open at once (default: one for each core).")
  var jobs: Int?

  @Argument(
    help: "A folder with real/ and fake/, a CSV file, or kept scores (.jsonl), several of which are judged as one.")
  var set: [String]

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs \(jobs) should lie between 1 and 256") }
    guard (100...1_000_000).contains(rounds) else {
      throw ValidationError("--rounds \(rounds) should lie between 100 and 1000000")
    }
    guard set.count == 1 || set.allSatisfy(Evaluation.readsScores) else {
      throw ValidationError(
        set.isEmpty
          ? "give a SET: a folder with real/ and fake/ in it, a CSV file, or kept scores"
          : "only kept scores (.jsonl) can be judged together; list the files of several folders in one CSV file")
    }
    if let scores, !Evaluation.readsScores(scores) {
      throw ValidationError(
        "--scores \(scores) should end in .jsonl, or it could not be told from a list when read again")
    }
  }

  /// Judges everything, with a bar that shows how far it has come, and keeps the scores if that is wanted.
  /// - Throws: `ExitStatus`; what was wrong has then been said.
  func judged() throws -> ScoreSet {
    let bar = ProgressBar()
    let evaluation = try Self.orFatal { try makeEvaluation(bar) }
    let signals = StopSignals { evaluation.stop() }
    let result = evaluation.run()
    bar.clear()
    guard let judged = result, signals.signal == nil else { throw ExitStatus.interrupted }
    try Self.orFatal {
      if let scores { try judged.write(to: scores) }
      if judged.isEmpty { throw ValidationError("\(set.joined(separator: ", ")): nothing in it could be judged") }
    }
    return judged
  }

  private func makeEvaluation(_ bar: ProgressBar) throws -> Evaluation {
    var wanted = Evaluation.Options()
    wanted.reencodes = reencode
    wanted.jobs = jobs ?? ProcessInfo.processInfo.activeProcessorCount
    wanted.program = "unmask \(Unmask.version)"
    if set.allSatisfy(Evaluation.readsScores) {
      if let option = ofFootageAlone.first {
        throw ValidationError("\(option) is for footage: kept scores are of the frames and faces of their own run")
      }
      return try Evaluation(
        scores: set, threshold: analysis.threshold, clearance: analysis.clearance, window: analysis.window,
        options: wanted)
    }
    let clock = ContinuousClock()
    let start = clock.now
    return try Evaluation(
      of: set[0], models: analysis.models(), settings: analysis.settings(), options: wanted,
      complain: { bar.say($0) },
      progress: { done, all in
        let seconds = start.duration(to: clock.now) / .seconds(1)
        let left = Figures.time(seconds / Double(done) * Double(all - done), tenths: false)
        bar.show(Double(done) / Double(all), "\(done) of \(all) files, \(left) left")
      })
  }

  /// The given options that kept scores cannot obey.
  private var ofFootageAlone: [String] {
    [
      ("--fps", analysis.fps != nil), ("--every-frame", analysis.everyFrame), ("--key-frames", analysis.keyFrames),
      ("--min-face", analysis.minFace != nil), ("--face-models", analysis.faceModels != nil), ("--reencode", reencode),
    ].filter(\.1).map(\.0)
  }

  /// Ends the program with a sentence and status 2 when `body` throws.
  static func orFatal<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch {
      Diagnostics.say("\(error)")
      throw ExitStatus.fatal
    }
  }

  /// - Parameter path: `-` for standard output.
  static func write(_ data: Data, to path: String) throws {
    if path == "-" { return FileHandle.standardOutput.write(data) }
    do { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw ValidationError("\(path): cannot be written: \(error.localizedDescription)")
    }
  }
}
