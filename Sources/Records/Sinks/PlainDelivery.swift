internal import Synchronization

/// Writes each record in a form other than JSON, before the caller goes on. Such an output has no numbers of its own, is
/// neither headed nor repaired, and ends with the first failure.
final class PlainDelivery: Sendable {
  private struct State {
    let outlet: any RecordOutlet
    var hasBegun = false
    var sequence: Int64
    var status = SinkStatus()
    var failure: SinkError?
  }

  private let form: any PlainForm
  private let state: Mutex<State>
  /// Milliseconds between two looks at an output that takes nothing.
  private static let patience: Int32 = 500

  /// - Parameter lastSequence: records are counted on from here.
  init(_ form: any PlainForm, to outlet: sending any RecordOutlet, lastSequence: Int64) throws(SinkError) {
    self.form = form
    state = Mutex(State(outlet: outlet, sequence: lastSequence))
    // So that a mistake in its name shows at once.
    try state.withLock { state throws(SinkError) in
      _ = try state.outlet.prepare(for: 0, at: .now(), isInMidLine: false)
      state.hasBegun = !state.outlet.isEmpty
    }
  }

  func write(_ record: Record) throws(SinkError) {
    try state.withLock { state throws(SinkError) in
      if let failure = state.failure { throw failure }
      do throws(SinkError) {
        let text = form.text(of: record)
        if !text.isEmpty { try Self.land((state.hasBegun ? "" : form.head) + text, on: state.outlet) }
        if !text.isEmpty { state.hasBegun = true }
      } catch {
        state.failure = error
        throw error
      }
      state.sequence += 1
      state.status.written += 1
    }
  }

  private static func land(_ text: String, on outlet: any RecordOutlet) throws(SinkError) {
    var rest = Array(text.utf8)[...]
    var isInMidLine = false
    while !rest.isEmpty {
      _ = try outlet.prepare(for: rest.count, at: .now(), isInMidLine: isInMidLine)
      guard outlet.isWritable(within: patience) else { continue }
      rest = rest.dropFirst(try outlet.write(rest))
      isInMidLine = true
    }
  }

  var failure: SinkError? { state.withLock { $0.failure } }
  var status: SinkStatus { state.withLock { $0.status } }
  var lastSequence: Int64 { state.withLock { $0.sequence } }
  func reopen() { state.withLock { $0.outlet.reopen() } }

  /// Brings to the disk what is to be brought there.
  func finish() {
    state.withLock { state in
      guard state.failure == nil else { return }
      do throws(SinkError) { try state.outlet.sync() } catch { state.failure = error }
    }
  }
}
