internal import Foundation

/// Where a report's facts come from.
protocol ReportSource {
  /// Every result, in any order; light enough for tens of thousands.
  func items() throws -> [ReportItem]
  /// All about one of them.
  func file(of item: ReportItem) throws -> ReportFile
}

/// What writing a report did.
public struct ReportOutcome: Sendable, Hashable {
  /// Files in the report.
  public var files = 0
  /// Pages that were written, and those left as they were because nothing had changed.
  public var written = 0
  public var kept = 0
  /// Pages of results that are no more.
  public var removed = 0
  /// Whether it was stopped; the pages so far are whole, and the next time goes on from there.
  public var isInterrupted = false

  /// The page to open first.
  public let index: String

  /// One line for people.
  public var sentence: String {
    let pages = "\(written) pages written, \(kept) unchanged" + (removed > 0 ? ", \(removed) removed" : "")
    return isInterrupted
      ? "report: stopped after \(written + kept) of \(files) files (\(pages)); the same command goes on from there"
      : "report: \(index), \(files) files (\(pages))"
  }
}

/// Writes a report: a page for each file, one at a time, then the index.
struct ReportWriter {
  let folder: ReportFolder
  let version: String

  /// Changes when pages of unchanged results would look different.
  private static let edition = "1"

  /// - Parameter isStopped: asked before each page.
  func write(
    _ source: some ReportSource, models: [String], at now: Double = Date().timeIntervalSince1970,
    isStopped: () -> Bool = { false }
  ) throws -> ReportOutcome {
    var outcome = ReportOutcome(index: folder.path + "/index.html")
    let items = try source.items()
    outcome.files = items.count
    var addresses: Set<String> = []
    for item in items {
      if isStopped() {
        outcome.isInterrupted = true
        return outcome
      }
      let address = ReportFolder.address(of: item)
      addresses.insert(address)
      var stamped = item
      stamped.fingerprint = Self.edition + "." + version + "." + item.fingerprint
      if folder.fingerprint(at: address) == stamped.fingerprint {
        outcome.kept += 1
        continue
      }
      var file = try source.file(of: item)
      file.item = stamped
      try folder.write(FilePage(file: file).document.html, to: address)
      outcome.written += 1
    }
    let index = IndexPage(
      items: items, address: ReportFolder.address, version: version, made: now, models: models)
    try folder.write(index.document.html, to: "index.html")
    // Last, so that no index ever points to a page that is gone.
    outcome.removed = folder.removePages(except: addresses)
    return outcome
  }
}
