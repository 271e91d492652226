internal import Synchronization

/// Writes each record before the caller goes on. The first failure is the last.
final class DirectDelivery: Sendable {
  private struct State {
    var scribe: Scribe
    var status = SinkStatus()
    var failure: SinkError?
  }

  private let state: Mutex<State>

  init(_ scribe: sending Scribe) { state = Mutex(State(scribe: scribe)) }

  func write(_ record: Record) throws(SinkError) {
    try state.withLock { state throws(SinkError) in
      if let failure = state.failure { throw failure }
      state.scribe.remember(record)
      do throws(SinkError) {
        try state.scribe.write(state.scribe.draft(of: record))
        try state.scribe.syncIfDue(isLast: true)
      } catch {
        state.failure = error
        throw error
      }
      state.status.written += 1
    }
  }

  var failure: SinkError? { state.withLock { $0.failure } }

  var status: SinkStatus { state.withLock { $0.status } }

  var lastSequence: Int64 { state.withLock { $0.scribe.lastSequence } }

  func reopen() { state.withLock { $0.scribe.reopen() } }

  /// Brings to the disk what is to be brought there.
  func finish() {
    state.withLock { state in
      guard state.failure == nil else { return }
      do throws(SinkError) { try state.scribe.sync() } catch { state.failure = error }
    }
  }
}
