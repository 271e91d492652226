import Foundation
import Testing

/// A daemon whose analysis threads are held still from outside: all else in it is well and goes on.
@Suite("unmask watch with a stuck analysis", .serialized)
struct StuckAnalysisTests {
  /// Seconds; what is stuck for half of it is not fed to the watchdog any more.
  private let watchdog = 12.0

  /// Two live streams, and a camera where nobody is.
  private func start(_ manager: ServiceManager, _ folder: Scratch) throws -> Program.Running {
    let clip = try Program.cached("media/demo.mp4")
    let text = """
      defaults: {fps: 2}
      health: {listen: 127.0.0.1:0, stale_after: 6s}
      limits: {stop_timeout: 2s}
      streams:
        - {name: lobby, source: '\(clip)', loop: true}
        - {name: gate, source: '\(clip)', loop: true}
        - {name: dead, source: 'rtsp://127.0.0.1:9/dead'}
      """
    let path = try folder.write(Data(text.utf8), to: "unmask.yaml")
    return try Program.Running(
      ["watch", "--config", path], through: HeldThreads.permission, environment: manager.environment(watchdog: watchdog)
    )
  }

  private func isFed(_ manager: ServiceManager) -> Bool { manager.lines.contains("WATCHDOG=1") }

  @Test("gives no sign of life and is not healthy until it goes on; one dead camera among live ones does neither")
  func stuck() throws {
    let manager = try ServiceManager(isAbstract: true)
    let folder = try Scratch()
    let running = try start(manager, folder)
    let health = try HealthClient(of: running)
    try running.wait { records in records.count { $0.action == "stream.online" } == 2 }
    try running.wait(for: "two signs of life beside a dead camera") {
      manager.lines.count { $0 == "WATCHDOG=1" } >= 2
    }
    #expect(health.ask("/healthz")?.status == 200)
    #expect(try health.text("/healthz").contains("\"dead\""))

    let held = try HeldThreads(named: "analysis", of: running)
    try running.wait(for: "the end of health") { health.ask("/healthz")?.status == 503 }
    #expect(try health.text("/healthz").contains("analysis_stuck"))
    try running.wait(for: "the word for it") {
      manager.lines.contains { $0.hasPrefix("STATUS=stuck: ") } && running.errors.contains("the watchdog is not fed")
    }
    // The board is looked at all the while, and frames are decoded: the daemon as a whole does not stand still.
    manager.forget()
    Thread.sleep(forTimeInterval: watchdog)
    #expect(!isFed(manager))
    #expect(health.ask("/healthz")?.status == 503)

    try held.release()
    try running.wait(for: "signs of life again") { isFed(manager) }
    try running.wait(for: "health again") { health.ask("/healthz")?.status == 200 }
    running.signal(SIGTERM)
    let result = try running.wait(limit: 30)
    #expect(result.status == 0)
    try expectValid(result.output)
  }

  @Test("ends within its time all the same, and says what it had to abandon")
  func boundedStop() throws {
    let manager = try ServiceManager(isAbstract: true)
    let folder = try Scratch()
    let running = try start(manager, folder)
    try running.wait { records in records.count { $0.action == "stream.online" } == 2 }
    let held = try HeldThreads(named: "analysis", of: running)
    running.signal(SIGTERM)
    let result = try running.wait(limit: 60)
    #expect(result.status == 0)
    #expect(result.complaints.contains { $0.hasSuffix("lobby did not end in time and was abandoned") })
    #expect(!result.errors.contains("dead did not end"))
    try expectValid(result.output)
    #expect(result.records.last?.action == "service.stop")
    withExtendedLifetime(held) {}
  }
}
