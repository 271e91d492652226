internal import Foundation
internal import ServiceLifecycle
internal import Synchronization

/// Tells systemd how the service fares, for as long as it runs. Beats on the cooperative pool on purpose: where that is
/// stuck, so is the daemon, and the watchdog must not be fed.
final class Heartbeat: Service {
  private let socket: NotifySocket
  private let board: StatusBoard
  private let stuck: @Sendable (_ patience: Double) -> String?
  private let complain: @Sendable (String) -> Void
  private let report: Mutex<ServiceReport>
  private let watchdog: Double?

  /// - Parameters:
  ///   - stuck: what has made no progress for longer than the patience, seconds; nil for nothing.
  init(
    _ socket: NotifySocket, watchdog: Double?, board: StatusBoard, complain: @escaping @Sendable (String) -> Void,
    stuck: @escaping @Sendable (_ patience: Double) -> String?
  ) {
    self.socket = socket
    self.board = board
    self.stuck = stuck
    self.complain = complain
    self.watchdog = watchdog
    report = Mutex(ServiceReport(watchdog: watchdog))
  }

  /// Seconds between two looks at the daemon.
  private var beat: Double { min(0.5, (watchdog ?? 4) / 8) }

  /// Without progress for half the interval the feeding ends, so that systemd acts within one and a half of it. A frame
  /// on a machine that is swamped may well take seconds, so there is a most and no least.
  private var patience: Double { min(30, (watchdog ?? 60) / 2) }

  func run() async throws {
    var wasStuck: String?
    await withGracefulShutdownHandler {
      while !Task.isShuttingDownGracefully, !Task.isCancelled {
        let now = board.now()
        let isReady = board.isReady
        let situation = ServiceReport.Situation(
          isReady: isReady, stuck: stuck(patience),
          status: ServiceStatus.line(of: board.streams.map(\.snapshot), isReady: isReady))
        if let stuck = situation.stuck, wasStuck == nil {
          complain("\(stuck); the watchdog is not fed until it goes on")
        }
        wasStuck = situation.stuck
        report.withLock { report in
          let due = report.due(situation, at: now)
          if !due.isEmpty, socket.send(due) { report.sent(due, at: now) }
        }
        try? await Task.sleep(for: .seconds(beat))
      }
    } onGracefulShutdown: { [self] in
      stopping()
    }
  }

  /// A reload begins; `reloadEnds` must follow.
  func reloadBegins() {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let microseconds = UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    send { $0.reloadBegins(monotonicMicroseconds: microseconds) }
  }

  func reloadEnds() { send { $0.reloadEnds() } }

  /// The end begins.
  func stopping() { send { $0.stopping() } }

  private func send(_ lines: (inout ServiceReport) -> [String]) {
    report.withLock { report in
      let lines = lines(&report)
      if !lines.isEmpty { socket.send(lines) }
    }
  }
}
