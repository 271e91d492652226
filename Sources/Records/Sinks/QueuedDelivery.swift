internal import Foundation
internal import Synchronization

/// Lets records wait in memory for a thread of its own that writes them, and tries again for as long as it takes.
final class QueuedDelivery: Sendable {
  private struct State {
    var waiting: WaitingRecords
    /// The record that is being written; it waits as well.
    var hand: RecordDraft?
    /// How many lost records the one in hand tells of, and how many have been told of.
    var telling = 0
    var told = 0
    var written = 0
    var trouble, lastTrouble: WriteTrouble?
    /// Why the records of the loss that has not been told of were lost.
    var lossReason = ""
    var failure: SinkError?
    /// The run's first record, until the scribe has seen it.
    var introduction: Record?
    var mustReopen = false
    /// When to give up on what still waits; set once the end has come.
    var deadline: DispatchTime?
    var isOver = false
    var rest = Rest.none
  }

  /// What the thread waits for.
  private enum Rest { case none, records, anotherTry }

  private enum Step {
    case introduce(Record)
    case reopen
    case write(RecordDraft, isLast: Bool)
    case rest
    case end
  }

  private let encoder: RecordEncoder
  private let complain: @Sendable (String) -> Void
  private let state: Mutex<State>
  /// Held by the thread while it writes, which may take for ever.
  private let scribe: Mutex<Scribe>
  private let wake = DispatchSemaphore(value: 0)
  private let over = DispatchSemaphore(value: 0)

  /// How long a writer that is stuck in the system may hold up the end of the program, seconds.
  private static let grace = 1.0

  init(
    _ scribe: sending Scribe, _ encoder: RecordEncoder, limits: OutputConfiguration.QueueLimits,
    complain: @escaping @Sendable (String) -> Void
  ) {
    self.encoder = encoder
    self.complain = complain
    self.scribe = Mutex(scribe)
    state = Mutex(State(waiting: WaitingRecords(limits: limits)))
    let thread = Thread { [self] in work() }
    thread.name = "records"
    thread.start()
  }

  // For those who have records

  func write(_ record: Record) throws(SinkError) {
    let draft = encoder.draft(of: record)
    try state.withLock { state throws(SinkError) in
      if let failure = state.failure { throw failure }
      guard state.deadline == nil else { return }
      if record.action == .serviceStart { state.introduction = record }
      let lost = state.waiting.lost
      state.waiting.admit(draft)
      if state.waiting.lost != lost { state.lossReason = state.trouble?.reason ?? "slow" }
      if state.rest == .records { rouse(&state) }
    }
  }

  var failure: SinkError? { state.withLock { $0.failure } }

  var status: SinkStatus {
    state.withLock { state in
      SinkStatus(
        written: state.written, waiting: state.waiting.count + (state.hand == nil ? 0 : 1),
        waitingBytes: state.waiting.bytes + (state.hand?.count ?? 0), lost: state.waiting.lost,
        trouble: state.trouble.map { SinkStatus.Trouble(reason: $0.reason, since: $0.since) })
    }
  }

  func reopen() {
    state.withLock { state in
      state.mustReopen = true
      rouse(&state)
    }
  }

  /// Lets the thread end when it has written everything, or after so many seconds.
  func end(within seconds: Double) {
    state.withLock { state in
      state.deadline = state.deadline ?? .now() + seconds
      rouse(&state)
    }
  }

  /// - Returns: records that were lost without being told of.
  func finish(within seconds: Double) -> Int {
    end(within: seconds)
    if !state.withLock({ $0.isOver }) { _ = over.wait(timeout: .now() + seconds + Self.grace) }
    return state.withLock { state in
      giveUp(&state)
      return state.waiting.lost.records - state.told
    }
  }

  private func rouse(_ state: inout State) {
    guard state.rest != .none else { return }
    state.rest = .none
    wake.signal()
  }

  /// What waits is lost.
  private func giveUp(_ state: inout State) {
    if let hand = state.hand, state.telling == 0 { state.waiting.lose(hand) }
    state.hand = nil
    state.waiting.abandon()
    state.isOver = true
  }

  // The thread

  private func work() {
    while true {
      switch next() {
      case .introduce(let record): scribe.withLock { $0.remember(record) }
      case .reopen: scribe.withLock { $0.reopen() }
      case .write(let draft, let isLast):
        do throws(SinkError) {
          try scribe.withLock { scribe throws(SinkError) in try scribe.write(draft) }
          succeeded()
          sync { scribe throws(SinkError) in try scribe.syncIfDue(isLast: isLast) }
        } catch {
          guard let pause = failed(error) else {
            over.signal()
            return
          }
          if pause > 0 { rest(seconds: pause) }
        }
      case .rest:
        rest(seconds: scribe.withLock { $0.secondsUntilSync() })
        sync { scribe throws(SinkError) in try scribe.syncIfDue(isLast: true) }
      case .end:
        sync { scribe throws(SinkError) in try scribe.sync() }
        state.withLock { $0.isOver = true }
        over.signal()
        return
      }
    }
  }

  private func next() -> Step {
    state.withLock { state in
      if let record = state.introduction {
        state.introduction = nil
        return .introduce(record)
      }
      if state.mustReopen {
        state.mustReopen = false
        return .reopen
      }
      if let deadline = state.deadline, .now() >= deadline { giveUp(&state) }
      if state.isOver { return .end }
      if state.hand == nil { take(&state) }
      if let hand = state.hand { return .write(hand, isLast: state.waiting.isEmpty) }
      if state.deadline != nil { return .end }
      state.rest = .records
      return .rest
    }
  }

  private func take(_ state: inout State) {
    if state.waiting.hasRoom, let loss = state.waiting.takeLoss() {
      state.telling = loss.details.records
      state.hand = encoder.draft(of: loss.record(reason: state.lossReason))
    } else {
      state.hand = state.waiting.next()
    }
  }

  private func succeeded() {
    let sentence = state.withLock { state in
      state.hand = nil
      state.written += 1
      state.told += state.telling
      state.telling = 0
      guard let trouble = state.trouble else { return nil as String? }
      state.lastTrouble = trouble
      state.trouble = nil
      return trouble.end(lost: state.waiting.lost.records)
    }
    if let sentence { complain(sentence) }
  }

  /// - Returns: seconds until the next attempt; nil when there is none.
  private func failed(_ error: SinkError) -> Double? {
    let (pause, sentence) = state.withLock { state -> (Double?, String?) in
      // A wrong name or a lack of permission can be put right meanwhile; an unnamed pipe gets no new reader.
      guard error.passes || error.reason != "closed" else {
        state.failure = error
        giveUp(&state)
        return (nil, nil)
      }
      let now = Timestamp.now()
      var trouble = state.trouble ?? WriteTrouble(at: now, lost: state.waiting.lost.records, after: state.lastTrouble)
      let (pause, sentence) = trouble.goesOn(error, at: now)
      state.trouble = trouble
      if pause > 0 { state.rest = .anotherTry }
      return (pause, sentence)
    }
    if let sentence { complain(sentence) }
    return pause
  }

  private func sync(_ body: (inout Scribe) throws(SinkError) -> Void) {
    do throws(SinkError) {
      try scribe.withLock { scribe throws(SinkError) in try body(&scribe) }
    } catch {
      complain("\(error)")
    }
  }

  private func rest(seconds: Double?) {
    let deadline = state.withLock { $0.deadline }
    var end = seconds.map { .now() + $0 } ?? DispatchTime.distantFuture
    if let deadline { end = min(end, deadline) }
    _ = wake.wait(timeout: end)
    state.withLock { $0.rest = .none }
  }
}
