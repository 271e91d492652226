internal import ArgumentParser
internal import Foundation
internal import Training

struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Find the thresholds and votes that suit a detector and footage best, and write them into its model.",
    discussion: """
      SET is what evaluate takes; scores kept by `evaluate --scores` save the judging. Tried are the frame threshold and \
      the smallest component, and, where SET holds videos of both kinds, the vote's line, margin and dwell; sought is the \
      highest balanced accuracy over files with no more than --max-alarms false alarms an hour on real footage and no more \
      than --max-false-share of the real files called fake. The clearance is the highest score at which a person may be \
      called real with no more than --max-missed-share of the fakes called so; between it and the threshold the answer is \
      inconclusive. Scores become probabilities by a temperature and a bias.

      Calibrate on other footage than what figures are reported on, and than what the model was trained on: what was \
      chosen to suit some footage does better on it than on any other. The column "files held out" says what to expect.

      Without --in-place and --out nothing is written. Watching and scanning with the new model use all of it.

      Exit status: 0 done, 2 usage or fatal error, 3 some inputs could not be read, 130 interrupted.
      """)

  @OptionGroup var options: EvaluationOptions

  @Option(help: ArgumentHelp("False alarms an hour of real footage that are put up with.", valueName: "rate"))
  var maxAlarms = 1.0

  @Option(
    help: ArgumentHelp(
      "Share of the real files, pictures and videos alike, that may be called fake.", valueName: "share"))
  var maxFalseShare = 0.05

  @Option(
    help: ArgumentHelp(
      "Share of the fake files that may be called real; the others that are not found end as inconclusive.",
      valueName: "share"))
  var maxMissedShare = 0.1

  @Option(
    help: ArgumentHelp("Write the calibrated model, its card and its golden test into a folder.", valueName: "folder"))
  var out: String?

  @Flag(help: "Write into the model itself.")
  var inPlace = false

  @Option(
    help: ArgumentHelp("Write what was found as JSON; - for standard output, instead of the table.", valueName: "file"))
  var json: String?

  func validate() throws {
    guard (0...1_000_000).contains(maxAlarms) else {
      throw ValidationError("--max-alarms \(maxAlarms) should be 0 or more, an hour")
    }
    guard (0...1).contains(maxFalseShare) else {
      throw ValidationError("--max-false-share \(maxFalseShare) should be from 0 to 1")
    }
    guard (0...1).contains(maxMissedShare) else {
      throw ValidationError("--max-missed-share \(maxMissedShare) should be from 0 to 1")
    }
    if out != nil, inPlace { throw ValidationError("--out and --in-place exclude each other") }
  }

  func run() throws {
    let scores = try options.judged()
    try EvaluationOptions.orFatal {
      let calibrated = try calibration(by: scores)
      if let json { try EvaluationOptions.write(Data(calibrated.json), to: json) }
      if json != "-" { print(calibrated.text, terminator: "") }
      try write(calibrated)
    }
    if scores.hasFailures { throw ExitStatus.someUnreadable }
  }

  private func calibration(by scores: ScoreSet) throws -> Calibrated {
    var wanted = Calibration.Options()
    wanted.limits.perHour = maxAlarms
    wanted.limits.shareOfFiles = maxFalseShare
    wanted.limits.missedShare = maxMissedShare
    wanted.threads = options.analysis.threads ?? ProcessInfo.processInfo.activeProcessorCount
    wanted.seed = options.seed
    wanted.rounds = options.rounds
    let bar = ProgressBar()
    defer { bar.clear() }
    return try Calibration(scores, options: wanted).run { done, all in
      bar.show(Double(done) / Double(all), "\(done) of \(all) frame rules")
    }
  }

  private func write(_ calibrated: Calibrated) throws {
    guard inPlace || out != nil else {
      return Diagnostics.say("nothing was written; --in-place writes it into the model, --out FOLDER into another")
    }
    let model = try options.analysis.model ?? ModelPlaces.detector()
    if let out {
      try calibrated.write(model, to: out)
      Diagnostics.say("\(out) holds the calibrated model; use it with --model \(out)")
    } else {
      try calibrated.replace(model)
      Diagnostics.say("\(model) is calibrated")
    }
  }
}
