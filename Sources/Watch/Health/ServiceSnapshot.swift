internal import Records

/// What is known of the whole daemon at one moment: what every answer is made from.
struct ServiceSnapshot: Sendable {
  let identity: ServiceIdentity
  let streams: [StreamSnapshot]
  let health: HealthReport
  /// How the records fare.
  let sink: SinkStatus
  /// Whether every configured stream has been tried once.
  let isReady: Bool
  let process: ProcessFigures
  /// On the clock of the streams: monotonic, seconds.
  let now: Double
  /// Seconds since the daemon began.
  let uptime: Double
  /// Unix time of `now`, seconds.
  let wallTime: Double

  init(
    identity: ServiceIdentity, streams: [StreamSnapshot], sink: SinkStatus, staleAfter: Double, isReady: Bool,
    process: ProcessFigures,
    started: Double, now: Double, wallTime: Double
  ) {
    self.identity = identity
    self.streams = streams
    self.sink = sink
    self.isReady = isReady
    self.process = process
    self.now = now
    self.wallTime = wallTime
    uptime = max(0, now - started)
    let blockage = sink.trouble.map { trouble in
      HealthReport.Blockage(
        reason: trouble.reason, seconds: max(0, wallTime - Double(trouble.since.microseconds) / 1e6))
    }
    health = HealthReport(of: streams, blockage: blockage, staleAfter: staleAfter, at: now)
  }

  /// The Unix time of a moment on the streams' clock.
  func wallTime(of moment: Double) -> Double { wallTime - (now - moment) }
}
