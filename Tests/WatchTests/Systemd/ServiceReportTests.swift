import Testing

@testable import Watch

@Suite("What systemd is told")
struct ServiceReportTests {
  private typealias Situation = ServiceReport.Situation

  /// Takes what is due and notes it as sent.
  private func send(_ report: inout ServiceReport, _ situation: Situation, at now: Double) -> [String] {
    let due = report.due(situation, at: now)
    report.sent(due, at: now)
    return due
  }

  @Test("is that the service is ready, once and not before every stream was tried")
  func ready() {
    var report = ServiceReport(watchdog: nil)
    var situation = Situation(isReady: false, status: "0 of 1")
    #expect(send(&report, situation, at: 0) == ["EXTEND_TIMEOUT_USEC=30000000", "STATUS=0 of 1"])
    #expect(send(&report, situation, at: 5) == [])
    #expect(send(&report, situation, at: 10) == ["EXTEND_TIMEOUT_USEC=30000000"])
    situation.isReady = true
    #expect(report.due(situation, at: 11) == ["READY=1"])
    // What the socket did not take is due again.
    #expect(send(&report, situation, at: 12) == ["READY=1"])
    #expect(send(&report, situation, at: 13) == [])
  }

  @Test("is a sign of life each half of the interval, and none while something is stuck")
  func watchdog() {
    var report = ServiceReport(watchdog: 10)
    var situation = Situation(isReady: true, status: "fine")
    #expect(send(&report, situation, at: 0) == ["READY=1", "WATCHDOG=1", "STATUS=fine"])
    #expect(send(&report, situation, at: 4.9) == [])
    #expect(send(&report, situation, at: 5) == ["WATCHDOG=1"])
    situation.stuck = "the analysis"
    #expect(send(&report, situation, at: 11) == ["STATUS=stuck: the analysis"])
    #expect(send(&report, situation, at: 60) == [])
    situation.stuck = nil
    #expect(send(&report, situation, at: 61) == ["WATCHDOG=1", "STATUS=fine"])
    var unwatched = ServiceReport(watchdog: nil)
    #expect(!send(&unwatched, situation, at: 0).contains("WATCHDOG=1"))
  }

  @Test("has one line of status, told when it changes and once a second at most")
  func status() {
    var report = ServiceReport(watchdog: nil)
    #expect(send(&report, Situation(isReady: true, status: "a\nREADY=0"), at: 0).last == "STATUS=a READY=0")
    #expect(send(&report, Situation(isReady: true, status: "b"), at: 0.5) == [])
    #expect(send(&report, Situation(isReady: true, status: "b"), at: 1) == ["STATUS=b"])
  }

  @Test("brackets a reload, which nobody announces before the service is ready")
  func reload() {
    var report = ServiceReport(watchdog: 10)
    #expect(report.reloadBegins(monotonicMicroseconds: 5) == [])
    #expect(report.reloadEnds() == [])
    _ = send(&report, Situation(isReady: true, status: "fine"), at: 0)
    #expect(report.reloadBegins(monotonicMicroseconds: 1_234_567) == ["RELOADING=1", "MONOTONIC_USEC=1234567"])
    #expect(report.due(Situation(isReady: true, status: "fine"), at: 6) == ["WATCHDOG=1"])
    #expect(report.reloadEnds() == ["READY=1"])
    #expect(report.reloadEnds() == [])
  }

  @Test("ends with the end, which is watched as well")
  func stopping() {
    var report = ServiceReport(watchdog: 10)
    _ = send(&report, Situation(isReady: true, status: "fine"), at: 0)
    #expect(report.stopping() == ["STOPPING=1", "STATUS=stopping"])
    #expect(report.stopping() == [])
    #expect(send(&report, Situation(isReady: true, status: "other"), at: 6) == ["WATCHDOG=1"])
    #expect(report.reloadBegins(monotonicMicroseconds: 1) == [])
  }
}
