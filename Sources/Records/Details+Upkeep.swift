/// Records that could not be kept: `records.lost`.
public struct LossDetails: Sendable, Hashable {
  /// How many, by their kind.
  public var alerts, events, metrics: Int

  public init(alerts: Int = 0, events: Int = 0, metrics: Int = 0) {
    self.alerts = alerts
    self.events = events
    self.metrics = metrics
  }

  /// All together.
  public var records: Int { alerts + events + metrics }

  mutating func add(_ kind: Record.Kind) {
    switch kind {
    case .alert: alerts += 1
    case .event: events += 1
    case .metric: metrics += 1
    }
  }

  var json: JSONObject {
    var object = JSONObject()
    object.set("records", records)
    object.set("alerts", alerts)
    object.set("events", events)
    object.set("metrics", metrics)
    return object
  }
}

/// A line that an earlier run left unfinished, and that was written over: `records.repaired`.
public struct RepairDetails: Sendable, Hashable {
  /// Length of what stood there.
  public let bytes: Int
  /// How it began; absent when nothing of it could be read.
  public let text: String?

  public init(bytes: Int, text: String?) {
    self.bytes = bytes
    self.text = text
  }

  var json: JSONObject {
    var object = JSONObject()
    object.set("bytes", bytes)
    object.set("text", text)
    return object
  }
}

/// The file that another goes on from: `service.continued`.
public struct ContinuedDetails: Sendable, Hashable {
  /// The name that the file before has now; absent when this program did not give it one.
  public let previous: String?

  public init(previous: String?) { self.previous = previous }

  var json: JSONObject {
    var object = JSONObject()
    object.set("previous", previous)
    return object
  }
}
