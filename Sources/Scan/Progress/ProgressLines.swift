internal import Records

/// How a scan's progress looks on a terminal: one line for the whole, and one for each file in work. A pure function of
/// the progress and the terminal's size.
public struct ProgressLines: Sendable {
  public let columns: Int
  public let rows: Int
  public let isColoured: Bool

  private static let cells = 12

  public init(columns: Int, rows: Int, isColoured: Bool) {
    self.columns = columns
    self.rows = rows
    self.isColoured = isColoured
  }

  /// Lines that fit, so that none is broken and none scrolls away.
  public func lines(of progress: ScanProgress, at now: Double) -> [String] {
    let work = progress.workers.compactMap(\.self)
    // One row stays free for the cursor.
    let room = max(0, rows - 2)
    let shown = work.count <= room ? work.count : max(0, room - 1)
    var lines = [joined(parts(of: progress, at: now))] + work.prefix(shown).map(line)
    if shown < work.count, room > 0 { lines.append(cut("  and \(work.count - shown) more")) }
    return lines
  }

  /// What stays when the scan is over.
  public func lastLine(of progress: ScanProgress, at now: Double) -> String {
    let sums: [Part] = [
      (ReportWords.count(progress.done.files, "file"), nil), (Self.size(progress.bytesDone), nil),
      (Self.duration(progress.elapsed(at: now)), nil),
    ]
    return joined(sums + outcome(of: progress))
  }

  // The line for the whole

  private typealias Part = (text: String, colour: TerminalText.Colour?)

  private func parts(of progress: ScanProgress, at now: Double) -> [Part] {
    let (done, found) = (progress.done, progress.found)
    let total = progress.isComplete ? "" : "+"
    var parts: [Part] = [
      ("\(ReportWords.count(done.files)) of \(ReportWords.count(max(found.files, done.files)))\(total) files", nil),
      ("\(Self.size(progress.bytesDone)) of \(Self.size(Double(max(found.bytes, done.bytes))))\(total)", nil),
    ]
    if let speed = progress.speed(at: now) {
      parts.append(("\(Figures.decimal(speed, speed < 10 ? 1 : 0))× real time", nil))
    }
    if let left = progress.left(at: now) { parts.append(("\(Self.duration(left)) left", nil)) }
    return parts + outcome(of: progress)
  }

  private func outcome(of progress: ScanProgress) -> [Part] {
    var parts: [Part] = []
    if progress.findings > 0 { parts.append(("\(ReportWords.count(progress.findings)) manipulated", .red)) }
    if progress.failed > 0 { parts.append(("\(ReportWords.count(progress.failed)) with errors", .yellow)) }
    return parts
  }

  /// As many as fit, the first ones first; what was found before what is merely nice to know.
  private func joined(_ parts: [Part]) -> String {
    var kept = parts
    while kept.count > 1, width(of: kept) > limit {
      // Speed and time go before the outcome, the outcome before the count of files.
      kept.remove(at: kept.lastIndex { $0.colour == nil && $0.text != parts[0].text } ?? kept.count - 1)
    }
    if kept.count == 1 { return TerminalText.cut(kept[0].text, to: limit) }
    return kept.map { TerminalText.coloured($0.text, isColoured ? $0.colour : nil) }.joined(separator: " · ")
  }

  private func width(of parts: [Part]) -> Int {
    parts.reduce(3 * (parts.count - 1)) { $0 + TerminalText.width(of: $1.text) }
  }

  // The lines of the workers

  private func line(of work: ScanProgress.Work) -> String {
    let path = TerminalText.printable(work.path)
    // A bar that leaves no room for a name says nothing.
    guard columns >= 40 else { return cut("  " + TerminalText.cutStart(path, to: max(1, limit - 2))) }
    let share = work.share
    let full = share.map { Int($0 * Double(Self.cells)) } ?? 0
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: Self.cells - full)
    let percent = share.map { "\(Int($0 * 100)) %" } ?? "…"
    let head = "  \(bar) \(String(repeating: " ", count: max(0, 5 - percent.count)))\(percent)  "
    return head + TerminalText.cutStart(path, to: max(1, limit - TerminalText.width(of: head)))
  }

  /// The last column stays free: some terminals begin a new line when it is written to.
  private var limit: Int { max(1, columns - 1) }

  private func cut(_ text: String) -> String { TerminalText.cut(text, to: limit) }

  private static func size(_ bytes: Double) -> String {
    ReportWords.bytes(Int(min(max(bytes, 0), 9e18))).replacing("\u{A0}", with: " ")
  }

  /// `1:02:03`, or `2:03` below an hour.
  private static func duration(_ seconds: Double) -> String { Figures.time(seconds.rounded(.up), tenths: false) }
}
