/// The evidence of a scan for people to look at: a folder of pages that need no server and nothing from elsewhere.
public struct Report {
  private let folder: ReportFolder
  private let version: String

  /// - Parameters:
  ///   - path: a folder that does not exist, is empty, or holds a report.
  ///   - version: of this program.
  /// - Throws: `ReportError` when a report must not or cannot lie there.
  public init(at path: String, version: String) throws(ReportError) {
    folder = try ReportFolder(path)
    self.version = version
  }

  /// Writes every file of the ledgers, each result once, as the latest run saw it; what is up to date stays as it is.
  /// - Parameters:
  ///   - run: of the only ledger, to write of its files alone.
  ///   - isStopped: asked before each page.
  public func write(
    _ ledgers: [Ledger], run: LedgerRun.ID? = nil, isStopped: () -> Bool = { false }
  ) throws -> ReportOutcome {
    let source = try LedgerReport(ledgers, run: run)
    return try ReportWriter(folder: folder, version: version).write(
      source, models: source.models, isStopped: isStopped)
  }
}

extension Scan {
  /// Writes the files of this scan, also after it was stopped.
  public func write(_ report: Report) throws -> ReportOutcome { try report.write([plan.ledger], run: plan.run) }
}
