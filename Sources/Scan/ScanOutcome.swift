public import Forensics
public import Records

/// How a scan ended: files by verdict.
public struct ScanOutcome: Sendable, Hashable {
  public internal(set) var files = 0
  public internal(set) var labels: [Label: Int] = [:]
  /// Files that could not be read, wholly or in part; what was found in them counts as well.
  public internal(set) var failed = 0
  /// Whether the scan was stopped before its end.
  public internal(set) var isInterrupted = false
  /// Why records could not be written any more, if that is what ended the scan.
  public internal(set) var sinkFailure: SinkError?
  /// Why the ledger could not go on, if that is what ended the scan.
  public var ledgerFailure: LedgerError?

  /// Whether anything manipulated was found.
  public var hasFake: Bool { labels[.fake] ?? 0 > 0 }

  mutating func count(_ label: Label?, hasFailed: Bool, files count: Int = 1) {
    files += count
    if let label { labels[label, default: 0] += count }
    if hasFailed { failed += count }
  }

  var details: SummaryDetails {
    SummaryDetails(
      files: files, fake: labels[.fake] ?? 0, real: labels[.real] ?? 0, inconclusive: labels[.inconclusive] ?? 0,
      noFace: labels[.noFace] ?? 0, failed: failed)
  }

  /// One line for people.
  var sentence: String {
    let details = details
    return "\(details.files) scanned: \(details.fake) manipulated, \(details.real) without a finding, "
      + "\(details.inconclusive) undecided, \(details.noFace) without a face, \(details.failed) with errors"
  }
}
