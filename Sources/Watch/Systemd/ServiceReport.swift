/// What to tell systemd, and when: a pure value. What happens comes in with its time, what is to be sent goes out; what
/// could not be sent is due again.
///
/// - `READY=1` once every configured stream has been tried.
/// - `WATCHDOG=1` each half of the interval, as long as the pipeline makes progress. A dead camera does not hold it up:
///   only what a new start would mend does.
/// - `STATUS=` when the words change, once a second at most.
/// - `RELOADING=1` and `READY=1` around a reload, `STOPPING=1` at the end.
struct ServiceReport: Sendable {
  /// The least time between two changes of the status line, seconds.
  static let statusInterval = 1.0
  /// While streams are tried, systemd is asked to wait this much longer, again and again: how long that takes depends
  /// on their timeouts.
  static let extensionTime = 30.0

  private enum Phase: Sendable, Hashable {
    case starting, running, reloading, stopping
  }

  /// Seconds within which a sign of life is expected; nil when nobody expects any.
  let watchdog: Double?
  private var phase = Phase.starting
  private var lastAlive: Double?
  private var lastExtension: Double?
  private var lastStatus: (text: String, time: Double)?

  init(watchdog: Double?) { self.watchdog = watchdog }

  /// How the daemon is at one moment.
  struct Situation: Sendable, Hashable {
    /// Every configured stream has been tried.
    var isReady: Bool
    /// What makes no progress, if anything; then no sign of life is given.
    var stuck: String?
    /// One line for people.
    var status: String
  }

  /// What is due now. Call `sent` when it has gone out.
  func due(_ situation: Situation, at now: Double) -> [String] {
    var lines: [String] = []
    if phase == .starting {
      if situation.isReady {
        lines.append("READY=1")
      } else if lastExtension.map({ now - $0 >= Self.extensionTime / 3 }) ?? true {
        lines.append("EXTEND_TIMEOUT_USEC=\(Int(Self.extensionTime * 1e6))")
      }
    }
    if let watchdog, situation.stuck == nil, lastAlive.map({ now - $0 >= watchdog / 2 }) ?? true {
      lines.append("WATCHDOG=1")
    }
    // The end may take a while, and is watched as well.
    guard phase != .stopping else { return lines }
    let status = Self.line(situation.stuck.map { "stuck: \($0)" } ?? situation.status)
    if lastStatus.map({ $0.text != status && now - $0.time >= Self.statusInterval }) ?? true {
      lines.append("STATUS=\(status)")
    }
    return lines
  }

  /// Notes that lines have gone out.
  mutating func sent(_ lines: [String], at now: Double) {
    for line in lines {
      switch line.prefix(while: { $0 != "=" }) {
      case "READY": phase = .running
      case "EXTEND_TIMEOUT_USEC": lastExtension = now
      case "WATCHDOG": lastAlive = now
      case "STATUS": lastStatus = (String(line.dropFirst(7)), now)
      default: break
      }
    }
  }

  /// A reload begins.
  /// - Returns: what to send; nothing before the service is ready, since it is not running yet.
  mutating func reloadBegins(monotonicMicroseconds: UInt64) -> [String] {
    guard phase == .running else { return [] }
    phase = .reloading
    return ["RELOADING=1", "MONOTONIC_USEC=\(monotonicMicroseconds)"]
  }

  /// A reload is over, well or badly.
  mutating func reloadEnds() -> [String] {
    guard phase == .reloading else { return [] }
    phase = .running
    return ["READY=1"]
  }

  /// The end begins.
  mutating func stopping() -> [String] {
    guard phase != .stopping else { return [] }
    phase = .stopping
    return ["STOPPING=1", "STATUS=stopping"]
  }

  /// One line without control characters: a line break would begin another assignment.
  private static func line(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }
}
