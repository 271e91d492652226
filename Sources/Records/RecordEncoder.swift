/// Turns records into lines, giving each its time, id and place in the sequence.
public struct RecordEncoder: Sendable {
  /// Collectors cut longer lines (rsyslog at 8 KiB).
  public static let lineLimit = 8_000
  /// Version of the record format; fields are only ever added within a major version.
  public static let schema = "1.0"
  /// The Elastic Common Schema whose names are used.
  static let ecsVersion = "8.11.0"
  /// A file's first line must be longer than this, or collectors that fingerprint the head of a file take two files
  /// for one (Filebeat's filestream).
  public static let fingerprintLength = 1_024

  public let runID: String
  public let serviceVersion: String
  /// `event.sequence` of the last line.
  public private(set) var sequence: Int64 = 0

  /// - Parameter lastSequence: where the run left off that is gone on with.
  public init(serviceVersion: String, runID: String = ULID().description, lastSequence: Int64 = 0) {
    self.serviceVersion = serviceVersion
    self.runID = runID
    sequence = lastSequence
  }

  /// The record as one line of at most `lineLimit` bytes, the newline included.
  public mutating func line(for record: Record, at time: Timestamp = .now()) -> [UInt8] {
    defer { takeNumber() }
    return nextLine(for: draft(of: record, at: time))
  }

  /// The draft with the next number; it stays the next one until it is taken.
  func nextLine(for draft: RecordDraft) -> [UInt8] { draft.line(numbered: sequence + 1) }

  mutating func takeNumber() { sequence += 1 }

  /// Everything of a line but its number.
  /// - Parameter length: the line is brought to at least this many bytes, the newline included.
  func draft(of record: Record, at time: Timestamp = .now(), length: Int = 0) -> RecordDraft {
    var object = JSONObject()
    object.set("@timestamp", time.rfc3339)
    object.set("log.level", record.level.rawValue)
    object.set("message", record.message)
    object.set("ecs.version", Self.ecsVersion)
    var event = JSONObject()
    event.set("kind", record.kind.rawValue)
    event.set("action", record.action.rawValue)
    event.set("id", ULID(at: time).description)
    event.set("sequence", 0)
    event.set("start", record.start?.rfc3339)
    event.set("end", record.end?.rfc3339)
    event.set("reason", record.reason)
    object.set("event", event)
    var service = JSONObject()
    service.set("name", "unmask")
    service.set("version", serviceVersion)
    object.set("service", service)
    if let failure = record.failure {
      var error = JSONObject()
      error.set("code", failure.code)
      error.set("message", failure.message)
      object.set("error", error)
    }
    var unmask = JSONObject()
    unmask.set("schema", Self.schema)
    unmask.set("run_id", runID)
    record.details.append(to: &unmask)
    // The head of a file is unique through the run id and its own id, and long enough through this.
    let least = record.action.mayBeHead ? max(length, Self.fingerprintLength + 1) : length
    if least > 0 {
      var whole = object
      whole.set("unmask", unmask)
      let short = least - whole.encoded().count - 1
      let key = #","padding":"""#.utf8.count
      if short > 0 { unmask.set("padding", String(repeating: ".", count: max(1, short - key))) }
    }
    object.set("unmask", unmask)
    object.shorten(toFit: Self.lineLimit - RecordDraft.spareDigits - 1)
    return RecordDraft(object.encoded() + [UInt8(ascii: "\n")], record: record, time: time)
  }
}

extension Record.Action {
  /// Whether such a record may be the first line of a file.
  var mayBeHead: Bool { [.serviceStart, .serviceContinued, .recordsRepaired].contains(self) }
}
