internal import Forensics
internal import Foundation
internal import Media

/// What one or several ledgers hold, as a report shows it: every result once, however many ledgers tell of it.
struct LedgerReport: ReportSource {
  /// What tells a result from every other one.
  private struct Key: Hashable {
    let absolute: String
    let sha256: String?
    let model: String
    let settings: String
    let judgement: Judgement
  }

  private struct Result {
    let entry: LedgerEntry
    let run: LedgerRun
    let ledger: Ledger
    var copies: [String] = []
  }

  private var results: [String: Result] = [:]
  /// The detectors of the results, in words.
  let models: [String]

  /// - Parameter run: of the only ledger, to tell of its files alone; else of every file as its latest run saw it.
  init(_ ledgers: [Ledger], run: LedgerRun.ID? = nil) throws(LedgerError) {
    var newest: [Key: Result] = [:]
    for ledger in ledgers {
      let runs = Dictionary(uniqueKeysWithValues: try ledger.runs().map { ($0.id, $0) })
      try ledger.forEachEntry(ofRun: run) { entry in
        guard let run = runs[entry.run] else { return }
        let key = Key(
          absolute: entry.absolute, sha256: entry.sha256, model: run.model.sha256, settings: run.settings,
          judgement: run.judgement)
        if let known = newest[key], Self.moment(of: known) >= (entry.scan?.finished ?? run.began) { return }
        newest[key] = Result(entry: entry, run: run, ledger: ledger)
      }
    }
    var places: [String: Set<String>] = [:]
    for key in newest.keys { if let sha256 = key.sha256 { places[sha256, default: []].insert(key.absolute) } }
    for (key, result) in newest {
      var result = result
      if let sha256 = key.sha256 { result.copies = places[sha256, default: []].subtracting([key.absolute]).sorted() }
      let identity = [
        key.absolute, key.sha256 ?? "", key.model, key.settings, "\(key.judgement.threshold) \(key.judgement.votes)",
      ]
      results[identity.joined(separator: "\n")] = result
    }
    models = Set(newest.values.map(\.run.model)).sorted { ($0.name, $0.sha256) < ($1.name, $1.sha256) }.map {
      "\($0.name) \($0.version), SHA-256 \($0.sha256.prefix(12))…"
    }
  }

  private static func moment(of result: Result) -> String { result.entry.scan?.finished ?? result.run.began }

  func items() throws -> [ReportItem] {
    try results.map { identity, result in try item(result, identity) }
  }

  func file(of item: ReportItem) throws -> ReportFile {
    guard let result = results[item.identity] else {
      preconditionFailure("a report asks only for the results it was told of")
    }
    let (entry, run) = (result.entry, result.run)
    var file = ReportFile(item: item, copies: result.copies, analysis: ReportAnalysis(run))
    file.picture = entry.scan?.media?.size
    file.isStill = entry.scan?.media?.isStill ?? false
    if let media = entry.scan?.media { file.format = media.container + ", " + media.codec }
    if let counters = entry.scan?.counters { file.counters = counters.words }
    guard let scan = entry.scan else { return file }
    file.people = try result.ledger.tracks(of: scan.id, under: run.judgement).map {
      ReportPerson($0, run.model, threshold: run.judgement.threshold)
    }
    return file
  }

  private func item(_ result: Result, _ identity: String) throws -> ReportItem {
    let (entry, run) = (result.entry, result.run)
    var item = ReportItem(identity: identity, fingerprint: "", path: entry.absolute)
    item.sha256 = entry.sha256
    item.bytes = entry.bytes
    item.modified = entry.modified.map { Double($0) / 1e6 }
    item.duration = entry.scan?.media?.duration
    item.analysed = entry.scan?.finished
    item.assessment = entry.verdict?.assessment
    item.score = entry.verdict?.score
    item.failure = entry.failure.map { ReportItem.Failure(code: $0.code, message: $0.message) }
    if let scan = entry.scan, entry.verdict?.label == .fake {
      item.findings = try result.ledger.stretches(of: scan.id, under: run.judgement)
        .filter { $0.verdict.label == .fake }.map { ReportItem.Span(start: $0.verdict.start, end: $0.verdict.end) }
        .sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }
    let seen = [identity, run.program, "\(entry.scan?.finished ?? "")", "\(item)"] + result.copies
    item.fingerprint = String(SHA256.hexDigest(of: Array(seen.joined(separator: "\n").utf8)).prefix(32))
    return item
  }
}

extension ReportPerson {
  /// Scores in a ledger are the network's own; a report tells the calibrated ones, which verdicts are made of.
  fileprivate init(_ track: LedgerTrack, _ model: LedgerModel, threshold: Float) {
    let rule = FrameRule(
      threshold: model.calibration.score(of: threshold), minimumComponent: model.rule.minimumComponent)
    func told(_ score: Float) -> Float {
      model.calibration.calibrated(MaskFinding(score: score, area: 0), by: rule, threshold: threshold).score
    }
    self.init(
      track: track.number,
      ballots: track.timeline.map { ballot in
        ReportBallot(time: ballot.time, score: ballot.face.map { told($0.score) })
      },
      stretches: track.stretches.map { stretch in
        let verdict = stretch.verdict
        return ReportStretch(
          start: verdict.start, end: verdict.end, assessment: verdict.assessment, score: verdict.score,
          tally: verdict.ballots)
      },
      pictures: track.pictures.map { picture in
        ReportPicture(
          time: picture.time, score: told(picture.score), face: picture.picture,
          mask: picture.mask)
      })
  }
}

extension LedgerCounters {
  fileprivate var words: [(name: String, count: Int)] {
    [
      ("Frames decoded", decoded), ("Frames skipped", skipped), ("Frames sampled", sampled),
      ("Frames analysed", analysed), ("Frames that failed", failed), ("Frames damaged", corrupt), ("Faces", faces),
    ].filter { $0.1 > 0 || $0.0 == "Frames analysed" || $0.0 == "Faces" }
  }
}

extension ReportAnalysis {
  /// What else decides about ballots, as a ledger keeps it.
  private struct Settings: Decodable {
    let sampling: String
    let minimumFace: String
    let faceModels: [String]
    let isQuick: Bool?
  }

  fileprivate init(_ run: LedgerRun) {
    let (model, judgement) = (run.model, run.judgement)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let settings = try? decoder.decode(Settings.self, from: Data(run.settings.utf8))
    self.init(
      version: run.program, model: Model(name: model.name, version: model.version, sha256: model.sha256),
      figures: model.figures, training: model.training, licence: model.licence,
      isCalibrated: model.calibration != .none, faceModels: settings?.faceModels ?? [],
      rule: FrameRule(threshold: judgement.threshold, minimumComponent: model.rule.minimumComponent),
      maskRule: FrameRule(
        threshold: model.calibration.score(of: judgement.threshold), minimumComponent: model.rule.minimumComponent),
      maskSide: model.inputSize, votes: judgement.votes,
      settings: (settings.map { Self.options($0) } ?? []) + [
        ("threshold", ReportWords.short(Double(judgement.threshold), 6)),
        ("clearance", ReportWords.short(Double(judgement.votes.clearance), 6)),
        ("window", ReportWords.short(judgement.votes.window, 3)),
      ])
  }

  /// By the names of the command line.
  private static func options(_ settings: Settings) -> [(name: String, value: String?)] {
    func number(_ text: String, times factor: Double = 1) -> String {
      text.split(separator: " ").first.flatMap { Double($0) }.map { ReportWords.short(factor * $0, 4) } ?? text
    }
    let isShare = settings.minimumFace.hasSuffix("height")
    let face = number(settings.minimumFace, times: isShare ? 100 : 1) + (isShare ? "%" : "")
    let sampling: [(name: String, value: String?)] =
      switch settings.sampling {
      case "every frame": [("every-frame", nil)]
      case "key frames": [("key-frames", nil)]
      default: [("fps", number(settings.sampling))]
      }
    return (settings.isQuick == true ? [("quick", nil)] : []) + sampling + [("min-face", face)]
  }
}
