/// One event of the program, before it is given its time, id and place in the sequence (DESIGN.md §4).
public struct Record: Sendable, Hashable {
  public enum Level: String, Sendable, Hashable {
    case info, warn, error
  }

  /// ECS `event.kind`.
  public enum Kind: String, Sendable, Hashable {
    case alert, event, metric
  }

  public enum Action: String, Sendable, Hashable, CaseIterable {
    case serviceStart = "service.start"
    case serviceContinued = "service.continued"
    case serviceStop = "service.stop"
    case serviceReload = "service.reload"
    case serviceReloadFailed = "service.reload_failed"
    case streamConnecting = "stream.connecting"
    case streamOnline = "stream.online"
    case streamStalled = "stream.stalled"
    case streamFrozen = "stream.frozen"
    case streamLost = "stream.lost"
    case streamRecovered = "stream.recovered"
    case streamEnded = "stream.ended"
    case verdictStart = "verdict.start"
    case verdictUpdate = "verdict.update"
    case verdictEnd = "verdict.end"
    case scanFile = "scan.file"
    case scanSummary = "scan.summary"
    case recordsLost = "records.lost"
    case recordsRepaired = "records.repaired"
    case stats
  }

  public var level: Level
  /// One line for people.
  public var message: String
  public var kind: Kind
  public var action: Action
  /// Wall-clock extent of what the record speaks of; absent for files, whose media time says it.
  public var start: Timestamp?
  public var end: Timestamp?
  /// Why this happened, one word of the field's vocabulary.
  public var reason: String?
  /// What went wrong, when something did.
  public var failure: Failure?
  /// Everything of ours, under the key `unmask`.
  public var details: Details

  public init(
    _ action: Action, kind: Kind = .event, level: Level = .info, message: String, reason: String? = nil,
    start: Timestamp? = nil, end: Timestamp? = nil, failure: Failure? = nil, details: Details = Details()
  ) {
    self.action = action
    self.kind = kind
    self.level = level
    self.message = message
    self.reason = reason
    self.start = start
    self.end = end
    self.failure = failure
    self.details = details
  }

  /// ECS `error`.
  public struct Failure: Sendable, Hashable {
    /// A stable word such as `not_found`, for programs.
    public let code: String
    /// One sentence, for people.
    public let message: String

    public init(code: String, message: String) {
      self.code = code
      self.message = message
    }
  }
}
