internal import Analysis
internal import Forensics
internal import Foundation
internal import Records

/// What is told of one file: the end of each stretch of each person, then the verdict on the whole. Made from what the
/// ledger keeps, so that a file is told alike whether it was looked at now or long ago.
struct FileNarrator {
  let ledger: Ledger
  let model: LedgerModel
  let terms: LedgerTerms
  let run: LedgerRun.ID

  struct Story {
    var records: [Record]
    var label: Label?
    /// One sentence when the file could not be read, wholly or in part.
    var complaint: String?
  }

  func story(of item: LedgerItem) throws(LedgerError) -> Story {
    var file = FileDetails(path: item.path, sha256: item.known?.sha256, bytes: item.known?.bytes)
    guard let id = item.scan, let kept = try ledger.scan(id, at: item.path) else {
      return Story(
        records: [ending(of: file, nil, nil, failure: item.failure)],
        complaint: item.failure?.message)
    }
    file.duration = kept.scan.media?.duration
    let stretches = try ledger.stretches(of: id, under: terms.judgement)
    let verdict = try ledger.verdict(of: id, under: terms.judgement)
    let narrator = narrator(of: file)
    var records = stretches.map {
      narrator.record(of: PersonChange(track: $0.track, change: .ended($0.verdict), epoch: 0))
    }
    // A still picture has no time.
    let isStill = kept.scan.media?.isStill ?? false
    records.append(
      ending(
        of: file, verdict, kept.scan.counters, SegmentChoice(of: isStill ? [] : stretches), failure: kept.failure,
        isCached: kept.run != run))
    return Story(records: records, label: verdict?.label, complaint: kept.failure?.message)
  }

  private func narrator(of file: FileDetails) -> Narrator {
    Narrator(
      subject: .file(file), model: ModelDetails(name: model.name, version: model.version, sha256: model.sha256))
  }

  private func ending(
    of file: FileDetails, _ verdict: LedgerVerdict?, _ counters: LedgerCounters?,
    _ choice: SegmentChoice = SegmentChoice(of: []), failure: LedgerFailure?, isCached: Bool = false
  ) -> Record {
    let isFake = verdict?.label == .fake
    let level: Record.Level = failure != nil ? .error : isFake ? .warn : .info
    return narrator(of: file).record(
      .scanFile, kind: isFake ? .alert : .event, level: level,
      message: verdict.map { Self.sentence(of: $0.label) } ?? "could not be read",
      reason: verdict?.assessment.reason.rawValue,
      failure: failure.map { Record.Failure(code: $0.code, message: $0.message) }
    ) { details in
      details.verdict = verdict.map {
        VerdictDetails(
          label: $0.label.rawValue, reason: $0.assessment.reason.rawValue, score: $0.score.map(Double.init),
          threshold: Double(terms.judgement.threshold),
          clearance: Double(terms.judgement.votes.clearance(upTo: terms.judgement.threshold)))
      }
      details.segments = choice.segments
      details.omittedSegments = choice.omitted
      details.counters = counters.map(CounterDetails.init)
      details.isCached = isCached
      details.model = ModelDetails(name: model.name, version: model.version, sha256: model.sha256)
    }
  }

  private static func sentence(of label: Label) -> String {
    switch label {
    case .fake: "manipulated"
    case .real: "no manipulation found"
    case .inconclusive: "undecided"
    case .noFace: "no face found"
    }
  }
}

extension CounterDetails {
  init(_ counters: LedgerCounters) {
    self.init(
      decoded: counters.decoded, sampled: counters.sampled, skipped: counters.skipped, corrupt: counters.corrupt,
      analysed: counters.analysed, evicted: counters.evicted, failed: counters.failed, faces: counters.faces)
  }
}
