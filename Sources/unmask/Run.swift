internal import Analysis
internal import Faces
internal import Forensics
internal import Foundation
internal import Media
internal import Records

/// What scanning and watching set up alike: models that proved themselves, settings, and where records go.
struct Run {
  let models: AnalysisModels
  let settings: AnalysisSettings
  let sink: RecordSink

  /// Loads and proves the models, opens the sink and writes `service.start`.
  init(_ command: String, _ options: AnalysisOptions, _ records: RecordOptions) throws {
    do {
      settings = try options.settings()
      models = try options.models()
      let encoder = RecordEncoder(serviceVersion: Unmask.version)
      sink =
        if let output = records.output {
          try RecordSink(appendingTo: output, encoder: encoder)
        } else {
          RecordSink(standardOutput: encoder)
        }
      try sink.write(start(command, options))
    } catch {
      Diagnostics.say("\(error)")
      throw ExitStatus.fatal
    }
  }

  private func start(_ command: String, _ options: AnalysisOptions) -> Record {
    let card = models.detector.card
    let settings =
      options.described(settings) + [("threshold", .number(Double(models.rule(settings).threshold), decimals: 6))]
    let run = RunDetails(
      command: command, settings: settings, figures: card.figures, training: card.training, licence: card.licence,
      faceModels: models.faces.identities.map {
        ModelDetails(name: $0.name, version: $0.version, sha256: $0.sha256)
      })
    return Record(
      .serviceStart, message: "unmask \(Unmask.version) \(command) with \(card.name) \(card.version)",
      reason: "command_line", details: Details(model: ModelDetails(models.detector), run: run))
  }

  /// Writes `service.stop`.
  func stop(_ reason: String) {
    try? sink.write(Record(.serviceStop, message: "unmask stops: \(reason)", reason: reason))
  }
}
