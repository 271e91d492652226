internal import Analysis
internal import Forensics
internal import Foundation
internal import Records

/// Tells of the files in the order of the walk, whatever order they are finished in, from a thread of its own.
///
/// Before the records of an item are written, the ledger knows which they are: a run that was cut short compares that
/// with what its output holds, and goes on at the very next line.
final class Teller: @unchecked Sendable {
  // Sendable: the fields below are touched only with `condition` locked, but for `ledger` and the like, which are safe
  // by themselves, and `place`, which is the telling thread's own.
  private let condition = NSCondition()
  private var ready: [Int: FileWorker.Outcome] = [:]
  private var isClosed = false
  private var failure: LedgerError?
  private var outcome: ScanOutcome
  private var nextPlace = 0

  private let ledger: Ledger
  private let narrator: FileNarrator
  private let sink: RecordSink
  private let observer: (any ScanObserver)?
  private let complain: @Sendable (String) -> Void
  private let run: LedgerRun.ID
  /// Place of the next item within the run; places of the walk that tell nothing leave no gap.
  private var place: Int
  private let missing: [ToldItem]
  /// `event.sequence` of the last record that the output held at first.
  private let known: Int64
  private let isDone = DispatchSemaphore(value: 0)
  private let giveUp: @Sendable () -> Void

  /// Items that may be finished before an earlier one is; then workers wait for it.
  private static let longestQueue = 20_000
  /// Items told in one transaction.
  private static let batch = 64

  /// - Parameter giveUp: called when nothing more can be told or kept.
  init(
    plan: ScanPlan, narrator: FileNarrator, sink: RecordSink, observer: (any ScanObserver)?,
    complain: @escaping @Sendable (String) -> Void, giveUp: @escaping @Sendable () -> Void
  ) {
    ledger = plan.ledger
    run = plan.run
    place = plan.places
    known = plan.lastSequence
    outcome = plan.outcome
    missing = plan.missing
    self.narrator = narrator
    self.sink = sink
    self.observer = observer
    self.complain = complain
    self.giveUp = giveUp
  }

  func start() { startThread(named: "records") { [self] in tell() } }

  /// Hands in what became of the input at a place of the walk. Waits while too many wait for an earlier one.
  func take(_ outcome: FileWorker.Outcome, at walked: Int) {
    condition.lock()
    while walked >= nextPlace + Self.longestQueue, failure == nil, !isClosed { condition.wait() }
    ready[walked] = outcome
    condition.broadcast()
    condition.unlock()
  }

  /// Ends the scan for a failure of the ledger.
  func fail(_ error: LedgerError) {
    condition.lock()
    let isFirst = failure == nil
    failure = failure ?? error
    condition.broadcast()
    condition.unlock()
    if isFirst { giveUp() }
  }

  /// Nothing more comes. Waits until everything is told.
  func finish() -> ScanOutcome {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
    isDone.wait()
    condition.lock()
    defer { condition.unlock() }
    outcome.ledgerFailure = failure
    return outcome
  }

  private func tell() {
    do throws(LedgerError) { try tellMissing() } catch { fail(error) }
    while let items = nextItems() {
      do throws(LedgerError) {
        try tell(items)
      } catch {
        fail(error)
      }
    }
    isDone.signal()
  }

  /// The next items in turn; waits for the first. Nil at the end.
  private func nextItems() -> [LedgerItem]? {
    condition.lock()
    defer { condition.unlock() }
    var items: [LedgerItem] = []
    while true {
      while items.count < Self.batch, let outcome = ready.removeValue(forKey: nextPlace) {
        nextPlace += 1
        if case .item(let item, _) = outcome { items.append(item) }
      }
      if failure != nil { return nil }
      condition.broadcast()
      if !items.isEmpty { return items }
      if isClosed, ready[nextPlace] == nil { return nil }
      if ready[nextPlace] == nil { condition.wait() }
    }
  }

  /// Tells what the ledger holds for told and the output lacks; of the first item some lines may be out.
  private func tellMissing() throws(LedgerError) {
    for told in missing {
      let story = try narrator.story(of: told.item)
      write(Array(story.records.dropFirst(Int(max(0, known - told.sequence.lowerBound + 1)))))
      count(story)
    }
  }

  private func count(_ story: FileNarrator.Story) {
    if let complaint = story.complaint { complain(complaint) }
    condition.lock()
    outcome.count(story.label, hasFailed: story.complaint != nil)
    condition.unlock()
  }

  private func tell(_ items: [LedgerItem]) throws(LedgerError) {
    var told: [ToldItem] = []
    var stories: [FileNarrator.Story] = []
    var met: Set<String> = []
    let before = sequence
    var last = before
    for item in items {
      // The same path given twice is told once.
      guard met.insert(item.absolute).inserted, try !ledger.hasTold(of: item.absolute, in: run) else { continue }
      let story = try narrator.story(of: item)
      let count = Int64(story.records.count)
      told.append(ToldItem(item: item, place: place + told.count, sequence: last + 1...last + count))
      stories.append(story)
      last += count
    }
    guard !told.isEmpty else { return }
    try ledger.keep(told, of: run, behind: before)
    place += told.count
    for story in stories {
      write(story.records)
      count(story)
    }
    if ledger.forgetsTold {
      try ledger.forget(told, of: run)
    } else if sink.failure == nil {
      try ledger.note(told: sequence, of: run)
    }
  }

  /// `event.sequence` of the last record; the sink counts, since it has records of its own to write now and then.
  private var sequence: Int64 { sink.lastSequence ?? known }

  private func write(_ records: [Record]) {
    observer?.willTell()
    defer { observer?.didTell() }
    for record in records {
      do throws(SinkError) {
        try sink.write(record)
      } catch {
        // Without records there is nothing to scan for.
        giveUp()
        return
      }
    }
  }
}
