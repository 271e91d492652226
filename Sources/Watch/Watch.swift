public import Analysis
internal import Forensics
internal import Foundation
internal import Logging
internal import Media
public import Records
internal import ServiceLifecycle
internal import Synchronization

/// How watching ended.
public struct WatchOutcome: Sendable, Hashable {
  /// Whether a manipulated face was seen.
  public internal(set) var hasFake = false
  /// Sources with an end that could not be read to it.
  public internal(set) var failures = 0
  /// Why records could not be written any more, if that is what ended the watch.
  public internal(set) var sinkFailure: SinkError?
}

/// The daemon: one owner for each stream, one pool of analysis threads for all.
public final class Watch: Sendable {
  let supervisor: Supervisor
  let sink: RecordSink
  let complain: @Sendable (String) -> Void
  /// What is known of all streams at every moment.
  let board: StatusBoard
  /// Further services that run beside the streams; they are stopped after them.
  private let services: [any Service]
  let health: HealthService
  let evidence: EvidenceKeeper
  /// Tells systemd how things are; nil when nobody wants to know.
  let heartbeat: Heartbeat?
  /// What is in force. Parts that need a restart stay as they were at the start.
  let inForce: Mutex<WatchConfiguration>

  /// - Parameters:
  ///   - version: the program's, for those who ask after its health.
  ///   - complain: told one sentence about each stream that is lost or shows nothing.
  /// - Throws: when a model cannot be planned, or nobody can be listened to at the address for health.
  public convenience init(
    _ configuration: WatchConfiguration, models: AnalysisModels, version: String, sink: RecordSink,
    complain: @escaping @Sendable (String) -> Void
  ) throws {
    try self.init(
      configuration, models: models, version: version, sink: sink, board: StatusBoard(), services: [],
      complain: complain)
  }

  init(
    _ configuration: WatchConfiguration, models: AnalysisModels, version: String, sink: RecordSink, board: StatusBoard,
    services: [any Service], environment: [String: String] = ProcessInfo.processInfo.environment,
    complain: @escaping @Sendable (String) -> Void
  ) throws {
    self.sink = sink
    self.complain = complain
    self.board = board
    inForce = Mutex(configuration)
    let health = try HealthService(
      configuration.health, board: board, identity: ServiceIdentity(version: version, models: models),
      sink: { sink.status }, complain: complain)
    self.health = health
    var settings = configuration.streams.first.map { configuration.watching($0) } ?? AnalysisSettings()
    settings.threads = configuration.threads
    evidence = EvidenceKeeper(configuration.evidence, complain: complain)
    let surroundings = StreamOwner.Surroundings(
      pool: try AnalysisPool(models: models, settings: settings), models: models,
      tell: { try? sink.write($0) }, complain: complain,
      now: board.now, statsInterval: configuration.limits.statsInterval, evidence: evidence)
    let supervisor = Supervisor(
      configuration, board: board, surroundings: surroundings, isUseful: { sink.failure == nil })
    self.supervisor = supervisor
    heartbeat = NotifySocket(environment).map { socket in
      Heartbeat(socket, watchdog: Watchdog.interval(environment), board: board, complain: complain) { patience in
        Self.stuck(supervisor, board, patience: patience)
      }
    }
    self.services = services + [health] + [heartbeat].compactMap { $0 }
  }

  /// What makes no progress, if anything, in words for people. Streams without pictures are none of it: a new start
  /// would bring none.
  private static func stuck(_ supervisor: Supervisor, _ board: StatusBoard, patience: Double) -> String? {
    if supervisor.silence > patience { return "the supervisor has not done its round for \(Int(supervisor.silence)) s" }
    let report = HealthReport(
      of: board.streams.map(\.snapshot), staleAfter: .greatestFiniteMagnitude, patience: patience, at: board.now())
    return report.problems.first?.message
  }

  /// Where questions about its health are answered; nil for nowhere.
  public var healthAddress: ListenAddress? { health.address }

  /// Watches until stopped, or until all sources with an end are at theirs. Blocks: not for a thread of the cooperative
  /// pool.
  public func run() -> WatchOutcome {
    let done = DispatchSemaphore(value: 0)
    Task { [self] in
      await runServices()
      done.signal()
    }
    done.wait()
    evidence.close()
    var outcome = supervisor.outcome
    outcome.sinkFailure = sink.failure
    return outcome
  }

  private func runServices() async {
    // The last one is stopped first, and the end of the streams is the end of all.
    let all =
      services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) } + [
        ServiceGroupConfiguration.ServiceConfiguration(
          service: supervisor, successTerminationBehavior: .gracefullyShutdownGroup,
          failureTerminationBehavior: .gracefullyShutdownGroup)
      ]
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: all, logger: Logger(label: "unmask") { _ in SwiftLogNoOpLogHandler() }))
    try? await group.run()
  }

  /// Ends the watch: every stream is closed, open verdicts are closed and written, and `run` returns.
  public func stop() {
    heartbeat?.stopping()
    supervisor.stop()
  }
}
