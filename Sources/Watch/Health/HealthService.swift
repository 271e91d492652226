internal import Foundation
internal import Records
internal import ServiceLifecycle
internal import Synchronization

/// Answers questions about the daemon's health for as long as it runs, where and to whom the configuration says.
final class HealthService: Service {
  private struct State {
    var configuration: HealthConfiguration
    var server: HTTPServer?
    var isRunning = false
  }

  private let desk: HealthDesk
  private let complain: @Sendable (String) -> Void
  private let state: Mutex<State>

  /// Takes the address at once.
  /// - Throws: `ListenError` when it is not to be had.
  init(
    _ configuration: HealthConfiguration, board: StatusBoard, identity: ServiceIdentity,
    sink: @escaping @Sendable () -> SinkStatus, complain: @escaping @Sendable (String) -> Void
  ) throws {
    desk = HealthDesk(board: board, identity: identity, sink: sink, configuration)
    self.complain = complain
    let server = try configuration.listen.map { [desk] in HTTPServer(try ListeningSocket($0), answer: desk.answer) }
    state = Mutex(State(configuration: configuration, server: server))
    warn(configuration)
  }

  /// Where it listens, with the port that the system chose; nil for nowhere.
  var address: ListenAddress? { state.withLock { $0.server?.address } }

  func run() async throws {
    state.withLock { state in
      state.isRunning = true
      state.server?.start()
    }
    try? await gracefulShutdown()
    let server = state.withLock { state in
      state.isRunning = false
      return state.server
    }
    await server?.stop()
    state.withLock { $0.server = nil }
  }

  /// Answers as another configuration says from now on. An address that is not to be had leaves things as they are, and
  /// is complained of.
  func configure(_ next: HealthConfiguration) {
    let before = state.withLock { $0.configuration }
    guard next != before else { return }
    var replacement: HTTPServer?
    if next.listen != before.listen, let listen = next.listen {
      do {
        replacement = HTTPServer(try ListeningSocket(listen), answer: desk.answer)
      } catch {
        complain("\(error); it stays as it was")
        return
      }
    }
    desk.configure(next)
    guard next.listen != before.listen else {
      state.withLock { $0.configuration = next }
      return
    }
    let old = state.withLock { state in
      defer { (state.configuration, state.server) = (next, replacement) }
      if state.isRunning { replacement?.start() }
      return state.server
    }
    if let old { Task { await old.stop() } }
    warn(next)
  }

  private func warn(_ configuration: HealthConfiguration) {
    guard let listen = configuration.listen, !listen.isLoopback, configuration.token == nil else { return }
    complain(
      "health is served at \(listen) to everybody who can reach it, pictures included; set a token, or listen at "
        + "127.0.0.1")
  }
}
