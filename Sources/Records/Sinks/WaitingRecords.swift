/// Records that wait to be written: bounded in number and in bytes, handed out in the order in which they came.
///
/// When there is no room, the oldest of the least important ones gives way and is counted. A pure value.
struct WaitingRecords: Sendable {
  private let limits: OutputConfiguration.QueueLimits
  /// One queue for each importance, the least first, so that giving way is as cheap as being handed out.
  private var lanes = Record.Importance.allCases.map { _ in Lane() }
  private var arrivals: UInt64 = 0
  private(set) var count = 0
  private(set) var bytes = 0
  /// What had to give way and has not been told of.
  private(set) var loss: Loss?
  /// What ever had to give way.
  private(set) var lost = LossDetails()

  init(limits: OutputConfiguration.QueueLimits) { self.limits = limits }

  var isEmpty: Bool { count == 0 }

  /// Whether half of the room is free again: only then a loss is told of, or a reader that is slow all the time would
  /// be told of each record.
  var hasRoom: Bool { count <= limits.records / 2 && bytes <= limits.bytes / 2 }

  /// Takes a record in; others, or the record itself, give way when there is no room.
  mutating func admit(_ draft: RecordDraft) {
    lanes[draft.importance.rawValue].append((arrivals, draft))
    arrivals += 1
    count += 1
    bytes += draft.count
    while count > limits.records || bytes > limits.bytes {
      guard let lane = lanes.indices.first(where: { !lanes[$0].isEmpty }) else { return }
      lose(take(from: lane))
    }
  }

  /// The one that has waited longest.
  mutating func next() -> RecordDraft? {
    let oldest = lanes.indices.filter { !lanes[$0].isEmpty }.min { lanes[$0].first!.arrival < lanes[$1].first!.arrival }
    return oldest.map { take(from: $0) }
  }

  /// Everything that still waits is lost.
  mutating func abandon() {
    while let draft = next() { lose(draft) }
  }

  /// Counts a record that was taken out and could not be written.
  mutating func lose(_ draft: RecordDraft) {
    loss = Loss.adding(draft, to: loss)
    lost.add(draft.kind)
  }

  /// The loss so far, which from now on counts as told.
  mutating func takeLoss() -> Loss? {
    defer { loss = nil }
    return loss
  }

  private mutating func take(from lane: Int) -> RecordDraft {
    let draft = lanes[lane].removeFirst()
    count -= 1
    bytes -= draft.count
    return draft
  }

  /// First in, first out; what has left makes room once it is more than what is there.
  private struct Lane: Sendable {
    private var drafts: [(arrival: UInt64, draft: RecordDraft)?] = []
    private var start = 0

    var isEmpty: Bool { start == drafts.count }
    var first: (arrival: UInt64, draft: RecordDraft)? { isEmpty ? nil : drafts[start] }

    mutating func append(_ arrived: (arrival: UInt64, draft: RecordDraft)) { drafts.append(arrived) }

    mutating func removeFirst() -> RecordDraft {
      let draft = drafts[start]!.draft
      drafts[start] = nil
      start += 1
      if start * 2 > drafts.count {
        drafts.removeFirst(start)
        start = 0
      }
      return draft
    }
  }
}

/// Records that were lost, and when the first and the last of them arose.
struct Loss: Sendable, Hashable {
  private(set) var details = LossDetails()
  private(set) var first, last: Timestamp

  fileprivate static func adding(_ draft: RecordDraft, to loss: Loss?) -> Loss {
    var loss = loss ?? Loss(first: draft.time, last: draft.time)
    loss.first = min(loss.first, draft.time)
    loss.last = max(loss.last, draft.time)
    loss.details.add(draft.kind)
    return loss
  }

  /// The record that says so.
  func record(reason: String) -> Record {
    let many = details.records
    var about = Details()
    about.loss = details
    return Record(
      .recordsLost, level: details.alerts > 0 ? .error : .warn,
      message: "\(many) record\(many == 1 ? "" : "s") could not be kept, \(details.alerts) of them alerts",
      reason: reason, start: first, end: last, details: about)
  }
}
