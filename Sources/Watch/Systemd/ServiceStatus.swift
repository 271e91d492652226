internal import Records

/// The daemon in one line, for `systemctl status`.
enum ServiceStatus {
  /// Streams that are named one by one when they are not online.
  static let named = 4

  static func line(of streams: [StreamSnapshot], isReady: Bool) -> String {
    let open = streams.filter { $0.state != .ended }
    guard !open.isEmpty else {
      return !streams.isEmpty ? "all streams are at their end" : isReady ? "no stream is configured" : "starting"
    }
    let online = open.count { $0.state == .online }
    var parts = ["\(online) of \(open.count) stream\(open.count == 1 ? "" : "s") online"]
    let faces = open.reduce(0) { $0 + $1.verdicts.standing.count { $0.label == "fake" } }
    if faces > 0 { parts.append("\(faces) manipulated face\(faces == 1 ? "" : "s") on screen") }
    let others = open.filter { $0.state != .online }
    if !others.isEmpty {
      let names = others.prefix(named).map { "\($0.details.name) \($0.state.rawValue) (\($0.reason))" }
      let rest = others.count - names.count
      parts.append(names.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : ""))
    }
    return parts.joined(separator: "; ")
  }
}
