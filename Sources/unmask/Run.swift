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

  /// Loads and proves the models that the options name, opens the sink and writes `service.start`.
  init(
    _ command: String, _ options: AnalysisOptions, output: OutputConfiguration, delivery: RecordSink.Delivery
  ) throws {
    let settings: AnalysisSettings
    let models: AnalysisModels
    do {
      settings = try options.settings()
      models = try options.models()
    } catch {
      Diagnostics.say("\(error)")
      throw ExitStatus.fatal
    }
    try self.init(
      command, models: models, settings: settings, described: settings.described, output: output, delivery: delivery,
      reason: "command_line")
  }

  /// Opens the sink and writes `service.start`.
  /// - Parameters:
  ///   - described: the settings by name, as the record shall tell them.
  ///   - encoder: goes on counting where an earlier process left off.
  ///   - reason: who asked for it; nil where the stream of records goes on, and there is no `service.start`.
  init(
    _ command: String, models: AnalysisModels, settings: AnalysisSettings,
    described: [(name: String, value: JSONValue)], output: OutputConfiguration, delivery: RecordSink.Delivery,
    encoder: RecordEncoder = RecordEncoder(serviceVersion: Unmask.version), reason: String?
  ) throws(ExitStatus) {
    self.models = models
    self.settings = settings
    do throws(SinkError) {
      sink = try RecordSink(
        output, delivery: delivery, encoder: encoder, complain: { Diagnostics.say($0, waits: delivery == .direct) })
      if let reason { try sink.write(start(command, described, reason)) }
    } catch {
      Diagnostics.say("\(error)")
      throw .fatal
    }
  }

  private func start(_ command: String, _ described: [(name: String, value: JSONValue)], _ reason: String) -> Record {
    let card = models.detector.card
    let threshold = models.rule(settings).threshold
    let clearance = models.votes(settings).clearance(upTo: threshold)
    let settings =
      described + [
        ("threshold", .number(Double(threshold), decimals: 6)), ("clearance", .number(Double(clearance), decimals: 6)),
      ]
    let run = RunDetails(
      command: command, settings: settings, figures: card.figures, training: card.training, licence: card.licence,
      faceModels: models.faces.identities.map {
        ModelDetails(name: $0.name, version: $0.version, sha256: $0.sha256)
      })
    return Record(
      .serviceStart, message: "unmask \(Unmask.version) \(command) with \(card.name) \(card.version)",
      reason: reason, details: Details(model: ModelDetails(models.detector), run: run))
  }

  /// Writes `service.stop`, and what waits before it.
  func stop(_ reason: String) throws {
    try? sink.write(Record(.serviceStop, message: "unmask stops: \(reason)", reason: reason))
    let lost = sink.finish(within: Self.patience)
    if let failure = sink.failure {
      Diagnostics.say("\(failure)")
      throw ExitStatus.fatal
    }
    if lost > 0 {
      Diagnostics.say("\(lost) record\(lost == 1 ? "" : "s") could not be written until the end, and are lost")
      throw ExitStatus.fatal
    }
  }

  /// Seconds that records which wait may hold up the end.
  private static let patience = 5.0
}
