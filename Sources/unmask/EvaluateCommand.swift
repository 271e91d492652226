internal import ArgumentParser
internal import Foundation
internal import Training

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a detector on footage whose truth is known.",
    discussion: """
      SET is a folder with real/ and fake/ in it (and masks/, with the true masks of fakes, if there are any), a CSV file \
      of path,label,group,mask,kind (paths relative to it), or scores that earlier runs kept with --scores. Several files \
      of scores are judged as one set, if one model gave them in the same way; --threshold, --clearance and --window judge \
      them otherwise than their run did, without looking at the footage again.

      Exit status: 0 done, 2 usage or fatal error, 3 some inputs could not be read, 130 interrupted.
      """)

  @OptionGroup var options: EvaluationOptions

  @Option(
    help: ArgumentHelp("Write the report as JSON; - for standard output, instead of the table.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Write the report as one HTML page with plots.", valueName: "file"))
  var html: String?

  func validate() throws {
    // Calibrate needs it with scores as well: to know which file to write into.
    if options.analysis.model != nil, options.set.allSatisfy(Evaluation.readsScores) {
      throw ValidationError("--model is for footage: kept scores are those of their own model")
    }
  }

  func run() throws {
    let scores = try options.judged()
    let report = EvaluationReport(scores, seed: options.seed, rounds: options.rounds)
    try EvaluationOptions.orFatal {
      if let html { try EvaluationOptions.write(Data(report.html.utf8), to: html) }
      if let json { try EvaluationOptions.write(Data(report.json), to: json) }
      if json != "-" && html != "-" { print(report.text, terminator: "") }
    }
    if scores.hasFailures { throw ExitStatus.someUnreadable }
  }
}
