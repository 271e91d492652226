/// Writes records to one outlet, in order and numbered; heads new files and repairs what earlier runs left broken.
///
/// A write that failed can be tried again with the same record: what was written of it stays written.
struct Scribe {
  private var encoder: RecordEncoder
  private let outlet: any RecordOutlet
  /// Whether writing waits for a reader for ever. Otherwise it gives up after `patience` with an error that passes.
  private let waits: Bool
  private var flight: Flight?
  /// What the run's first record said of the run: the heads of further files repeat it.
  private var frame = Details()
  private var debt: SyncDebt

  /// Milliseconds.
  private static let patience: Int32 = 500

  /// A line of which the beginning may have been written.
  private struct Flight {
    let line: [UInt8]
    var written = 0
    /// Whether it is the head that a new file needs, and not yet the record itself.
    let isHead: Bool
    let generation: Int
  }

  init(_ encoder: RecordEncoder, to outlet: any RecordOutlet, sync: SyncPolicy, waits: Bool) {
    self.encoder = encoder
    self.outlet = outlet
    self.waits = waits
    debt = SyncDebt(policy: sync)
  }

  /// Opens what is to be written to, so that a mistake in its name shows at once.
  func open() throws(SinkError) {
    _ = try outlet.prepare(for: 0, at: .now(), isInMidLine: false)
  }

  /// A record's line, whose time is now.
  func draft(of record: Record) -> RecordDraft { encoder.draft(of: record) }

  /// Remembers what the heads of further files have to say.
  mutating func remember(_ record: Record) {
    guard record.action == .serviceStart else { return }
    frame.run = record.details.run
    frame.model = record.details.model
  }

  /// Writes the record, and before it what its file asks for.
  mutating func write(_ draft: RecordDraft) throws(SinkError) {
    var isDone = false
    while !isDone {
      let prelude = try outlet.prepare(
        for: draft.count + RecordDraft.spareDigits, at: .now(), isInMidLine: (flight?.written ?? 0) > 0)
      if flight?.generation != outlet.generation { flight = nil }
      switch prelude {
      case .repair(let broken):
        let line = encoder.nextLine(for: encoder.draft(of: broken.record, length: broken.count))
        try outlet.replace(broken, by: line)
        encoder.takeNumber()
      case .head(let reason, let previous) where flight == nil && !draft.mayBeHead:
        try land(encoder.draft(of: head(reason, previous)), isHead: true)
      case .head, nil:
        isDone = flight?.isHead != true
        try land(draft, isHead: false)
      }
    }
    debt.add(draft)
  }

  private func head(_ reason: String, _ previous: String?) -> Record {
    var details = frame
    details.continued = ContinuedDetails(previous: previous)
    return Record(
      .serviceContinued, message: "unmask \(encoder.serviceVersion) goes on in a new file", reason: reason,
      details: details)
  }

  /// Writes a line, or the rest of the one that is under way.
  private mutating func land(_ draft: RecordDraft, isHead: Bool) throws(SinkError) {
    var line = flight ?? Flight(line: encoder.nextLine(for: draft), isHead: isHead, generation: outlet.generation)
    defer { flight = line.written < line.line.count ? line : nil }
    while line.written < line.line.count {
      guard outlet.isWritable(within: Self.patience) else {
        if waits { continue }
        throw SinkError("\(outlet.name): nobody reads", reason: "blocked")
      }
      let count = try outlet.write(line.line[line.written...])
      // A number is used as soon as a byte of its line is out.
      if line.written == 0 && count > 0 { encoder.takeNumber() }
      line.written += count
    }
  }

  func reopen() { outlet.reopen() }

  /// `event.sequence` of the last record.
  var lastSequence: Int64 { encoder.sequence }

  /// Brings records to the disk if it is time to.
  /// - Parameter isLast: whether no further record is at hand, which could share the request.
  mutating func syncIfDue(isLast: Bool, at time: Timestamp = .now()) throws(SinkError) {
    if debt.isDue(isLast: isLast, at: time) { try sync() }
  }

  /// Brings everything to the disk, unless nobody wants that.
  mutating func sync() throws(SinkError) {
    guard debt.isOpen else { return }
    // Not asked again: the system forgets what it could not write, and says so once.
    debt.settle()
    try outlet.sync()
  }

  /// Seconds until it is time to bring records to the disk; nil when there is nothing to bring.
  func secondsUntilSync(at time: Timestamp = .now()) -> Double? { debt.secondsLeft(at: time) }
}
