/// Which records the system has not been asked to bring to the disk, and when it has to be. A pure value.
struct SyncDebt: Sendable {
  private let policy: SyncPolicy
  private var records = 0
  private var hasAlert = false
  /// When the oldest of them was written.
  private var since: Timestamp?

  /// So many records may share one request.
  private static let group = 64

  init(policy: SyncPolicy) { self.policy = policy }

  /// Whether there is anything to ask for.
  var isOpen: Bool { policy.isOn && records > 0 }

  mutating func add(_ draft: RecordDraft, at time: Timestamp = .now()) {
    records += 1
    hasAlert = hasAlert || draft.kind == .alert
    since = since ?? time
  }

  func isDue(isLast: Bool, at time: Timestamp) -> Bool {
    guard isOpen else { return false }
    return switch policy {
    case .never: false
    case .alerts: hasAlert && (isLast || records >= Self.group)
    case .records: isLast || records >= Self.group
    case .every: secondsLeft(at: time).map { $0 <= 0 } ?? false
    }
  }

  func secondsLeft(at time: Timestamp) -> Double? {
    guard case .every(let seconds) = policy, let since, records > 0 else { return nil }
    // A clock that was set back must not put it off.
    return min(seconds, seconds - Double(time.microseconds - since.microseconds) / 1e6)
  }

  mutating func settle() {
    records = 0
    hasAlert = false
    since = nil
  }
}
