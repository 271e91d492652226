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
  private var sequence: Int64 = 0

  public init(serviceVersion: String, runID: String = ULID().description) {
    self.serviceVersion = serviceVersion
    self.runID = runID
  }

  /// The record as one line of at most `lineLimit` bytes, the newline included.
  public mutating func line(for record: Record, at time: Timestamp = .now()) -> [UInt8] {
    sequence += 1
    var object = JSONObject()
    object.set("@timestamp", time.rfc3339)
    object.set("log.level", record.level.rawValue)
    object.set("message", record.message)
    object.set("ecs.version", Self.ecsVersion)
    var event = JSONObject()
    event.set("kind", record.kind.rawValue)
    event.set("action", record.action.rawValue)
    event.set("id", ULID(at: time).description)
    event.set("sequence", .integer(sequence))
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
    if record.action == .serviceStart {
      // Head of a file: unique through the run id, and long enough through this.
      let short = Self.fingerprintLength + 1 - object.encoded().count - unmask.encoded().count
      if short > 0 { unmask.set("padding", String(repeating: ".", count: short)) }
    }
    object.set("unmask", unmask)
    object.shorten(toFit: Self.lineLimit - 1)
    return object.encoded() + [UInt8(ascii: "\n")]
  }
}
