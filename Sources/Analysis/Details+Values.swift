public import Forensics
public import Records

extension VerdictDetails {
  public init(_ verdict: Verdict) {
    self.init(
      label: verdict.label.rawValue, reason: verdict.assessment.reason.rawValue, score: verdict.score.map(Double.init),
      threshold: Double(verdict.threshold), clearance: Double(verdict.clearance), fake: verdict.ballots.fake,
      real: verdict.ballots.real,
      abstained: verdict.ballots.abstained, coverage: verdict.ballots.coverage)
  }
}

extension ModelDetails {
  public init(_ detector: DetectorModel) {
    self.init(name: detector.card.name, version: detector.card.version, sha256: detector.sha256)
  }
}

extension CounterDetails {
  public init(_ counters: SourceCounters) {
    self.init(
      decoded: counters.decoded, sampled: counters.sampled, skipped: counters.skipped, corrupt: counters.corrupt,
      analysed: counters.analysed, evicted: counters.evicted, failed: counters.failed, faces: counters.faces,
      withheld: counters.withheld > 0 ? counters.withheld : nil)
  }
}
