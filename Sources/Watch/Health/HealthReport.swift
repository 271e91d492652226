internal import Records

/// How the whole daemon fares at one moment, from what the board knows of its streams. A pure value.
///
/// It goes by progress alone: when the last picture came, whether pictures come back from the analysis, whether the
/// owners do their rounds. Nothing that could be said while everything is stuck counts.
struct HealthReport: Sendable, Hashable {
  enum Status: String, Sendable, Hashable {
    case ok
    /// Some streams bring no pictures, or records have to wait; all else goes on.
    case degraded
    /// It does not do what it is there for.
    case failing
  }

  /// One reason why the daemon is failing.
  struct Problem: Sendable, Hashable {
    /// `no_frames`, `analysis_stuck`, `owner_stuck` or `records_stuck`.
    let reason: String
    /// One sentence for people, without credentials.
    let message: String
  }

  /// Why records cannot be written, and for how long.
  struct Blockage: Sendable, Hashable {
    /// In one word, such as `no_space`.
    let reason: String
    let seconds: Double
  }

  /// Frames that the analysis has had for so long without returning one are stuck, however slow the machine: under load
  /// frames give way to newer ones, but some are always analysed.
  static let analysisPatience = 30.0
  /// Owners do their rounds four times a second.
  static let ownerPatience = 30.0
  /// Streams that a message names.
  static let mostNamed = 12

  let problems: [Problem]
  /// Names of the streams that have brought no picture for too long.
  let stale: [String]
  /// What keeps records from being written at the moment.
  let blockage: Blockage?
  /// Seconds since the newest frame, analysed frame and report of a verdict of any stream; nil before the first.
  let lastFrame, lastAnalysed, lastVerdict: Double?

  var status: Status { !problems.isEmpty ? .failing : stale.isEmpty && blockage == nil ? .ok : .degraded }

  /// - Parameters:
  ///   - streams: all that are watched. Those that have ended have nothing to prove.
  ///   - blockage: what keeps records from being written.
  ///   - staleAfter: seconds without a picture from any stream, or without a record being written that waits, after
  ///     which the daemon fails; the same time is granted to a stream that is new.
  ///   - patience: seconds without progress after which something is stuck.
  ///   - now: monotonic, seconds, on the clock of the snapshots.
  init(
    of streams: [StreamSnapshot], blockage: Blockage? = nil, staleAfter: Double,
    patience: Double = Self.analysisPatience,
    at now: Double
  ) {
    let alive = streams.filter { $0.state != .ended }
    let silent = alive.filter { now - ($0.lastFrame ?? $0.added) > staleAfter }
    var problems: [Problem] = []
    if !alive.isEmpty && silent.count == alive.count {
      let named = Self.list(silent.map { "\($0.details.name) (\($0.state.rawValue), \($0.reason))" })
      problems.append(
        Problem(reason: "no_frames", message: "no picture came from any stream for \(Self.text(staleAfter)): \(named)"))
    }
    let patience = min(staleAfter, patience)
    let stuck = alive.filter { stream in stream.awaitedSince.map { now - $0 > patience } ?? false }
    if !stuck.isEmpty {
      problems.append(
        Problem(
          reason: "analysis_stuck",
          message: "pictures arrive, but none came out of the analysis for \(Self.text(patience)): "
            + Self.list(stuck.map(\.details.name))))
    }
    let unattended = alive.filter { now - ($0.lastAttended ?? $0.added) > min(patience, Self.ownerPatience) }
    if !unattended.isEmpty {
      problems.append(
        Problem(
          reason: "owner_stuck",
          message: "nobody has looked after these streams for \(Self.text(min(patience, Self.ownerPatience))): "
            + Self.list(unattended.map(\.details.name))))
    }
    if let blockage, blockage.seconds > staleAfter {
      problems.append(
        Problem(
          reason: "records_stuck",
          message: "no record could be written for \(Self.text(blockage.seconds.rounded())): \(blockage.reason)"))
    }
    self.problems = problems
    self.blockage = blockage
    stale = silent.map(\.details.name)
    func age(_ times: [Double?]) -> Double? { times.compactMap { $0 }.max().map { max(0, now - $0) } }
    lastFrame = age(streams.map(\.lastFrame))
    lastAnalysed = age(streams.map(\.lastAnalysed))
    lastVerdict = age(streams.map(\.lastVerdict))
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(mostNamed).joined(separator: ", ")
      + (names.count > mostNamed ? " and \(names.count - mostNamed) more" : "")
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() && abs(seconds) < 1e9 ? "\(Int(seconds)) s" : "\(seconds) s"
  }
}
