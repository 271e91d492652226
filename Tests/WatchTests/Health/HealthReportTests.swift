import Records
import Testing

@testable import Watch

@Suite("The health of the daemon")
struct HealthReportTests {
  private let clock = ManualClock()
  private let board: StatusBoard

  init() { board = StatusBoard(now: clock.now) }

  private func stream(_ name: String) -> StreamStatus {
    let status = board.add(StreamDetails(name: name, kind: "rtsp", url: "rtsp://***@10.0.0.5/\(name)"))
    status.enter(.connecting, reason: "start")
    return status
  }

  /// Frames come and are analysed, and owners do their rounds.
  private func live(_ streams: StreamStatus..., seconds: Double) {
    for _ in 0..<Int(seconds) {
      for stream in streams {
        stream.isAttended()
        stream.frameArrived(isSampled: true)
        stream.frameAnalysed(faces: 0, delay: 0.1)
      }
      clock.advance(1)
    }
  }

  private func report(staleAfter: Double = 60) -> HealthReport {
    HealthReport(of: board.streams.map(\.snapshot), staleAfter: staleAfter, at: clock.now())
  }

  @Test("is well while pictures come and go through the analysis, and grants a new stream time")
  func well() {
    let lobby = stream("lobby")
    #expect(report().status == .ok)
    clock.advance(59)
    lobby.isAttended()
    #expect(report().status == .ok)
    live(lobby, seconds: 100)
    #expect(report().status == .ok)
    #expect(report().lastFrame == 1 && report().lastAnalysed == 1 && report().lastVerdict == nil)
  }

  @Test("is well without any stream, and when all sources have come to their end")
  func nothingToDo() {
    #expect(report().status == .ok)
    let clip = stream("clip")
    clip.enter(.ended, reason: "end_of_file")
    clock.advance(1e6)
    #expect(report().status == .ok)
  }

  @Test("is degraded while one of two streams is silent, and names it")
  func oneSilent() {
    let (lobby, gate) = (stream("lobby"), stream("gate"))
    gate.enter(.lost, reason: "refused")
    for _ in 0..<70 {
      gate.isAttended()
      live(lobby, seconds: 1)
    }
    #expect(report().status == .degraded)
    #expect(report().stale == ["gate"])
    #expect(report().problems.isEmpty)
  }

  @Test("fails when no stream has brought a picture for too long, and names each with its state and reason")
  func allSilent() {
    let (lobby, gate) = (stream("lobby"), stream("gate"))
    live(lobby, gate, seconds: 10)
    lobby.enter(.lost, reason: "refused", explanation: "10.0.0.5 refuses")
    gate.enter(.stalled, reason: "no_packets")
    for _ in 0..<60 {
      clock.advance(1)
      lobby.isAttended()
      gate.isAttended()
    }
    #expect(report().status == .failing)
    #expect(report().problems.map(\.reason) == ["no_frames"])
    #expect(report().problems[0].message.hasSuffix("60 s: lobby (lost, refused), gate (stalled, no_packets)"))
    live(gate, seconds: 1)
    #expect(report().status == .degraded)
  }

  @Test("fails when pictures arrive and none comes out of the analysis, although everything else moves")
  func wedged() {
    let (lobby, gate) = (stream("lobby"), stream("gate"))
    live(lobby, gate, seconds: 10)
    for second in 0..<32 {
      #expect(second < 30 ? report().status == .ok : true, "after \(second) s")
      for stream in [lobby, gate] {
        stream.isAttended()
        stream.frameArrived(isSampled: true)
        // What gives way to newer frames is no progress.
        stream.framesDropped()
      }
      clock.advance(1)
    }
    #expect(report().status == .failing)
    #expect(report().problems.map(\.reason) == ["analysis_stuck"])
    #expect(report().problems[0].message.hasSuffix("30 s: lobby, gate"))
    lobby.frameAnalysed(faces: 0, delay: 30)
    gate.frameAnalysed(faces: 0, delay: 30)
    #expect(report().status == .ok)
  }

  @Test("fails when frames of one stream alone never come back")
  func oneWedged() {
    let (lobby, gate) = (stream("lobby"), stream("gate"))
    for _ in 0..<40 {
      gate.isAttended()
      gate.frameArrived(isSampled: true)
      live(lobby, seconds: 1)
    }
    #expect(report().problems.map(\.reason) == ["analysis_stuck"])
    #expect(report().problems[0].message.hasSuffix(": gate"))
  }

  @Test("does not take a camera's silence for a stuck analysis")
  func silenceIsNotStuck() {
    let lobby = stream("lobby")
    live(lobby, seconds: 5)
    lobby.frameArrived(isSampled: true)
    lobby.enter(.lost, reason: "timed_out")
    for _ in 0..<300 {
      lobby.isAttended()
      clock.advance(1)
    }
    lobby.enter(.online, reason: "reconnected")
    lobby.frameArrived(isSampled: true)
    #expect(report(staleAfter: 600).status == .ok)
  }

  @Test("fails when nobody looks after a stream any more")
  func unattended() {
    let lobby = stream("lobby")
    live(lobby, seconds: 5)
    for _ in 0..<32 {
      lobby.frameArrived(isSampled: true)
      lobby.frameAnalysed(faces: 0, delay: 0.1)
      clock.advance(1)
    }
    #expect(report().problems.map(\.reason) == ["owner_stuck"])
  }

  @Test("is degraded while records have to wait, and fails when they have waited for too long")
  func blockedRecords() {
    live(stream("lobby"), seconds: 5)
    func report(_ seconds: Double) -> HealthReport {
      let blockage = HealthReport.Blockage(reason: "no_space", seconds: seconds)
      return HealthReport(of: board.streams.map(\.snapshot), blockage: blockage, staleAfter: 60, at: clock.now())
    }
    #expect(report(59).status == .degraded && report(59).problems.isEmpty)
    #expect(report(61).status == .failing)
    #expect(report(61).problems[0].message == "no record could be written for 61 s: no_space")
  }

  @Test("names a dozen of many streams and counts the rest")
  func many() {
    for index in 0..<64 { stream("camera-\(index)").isAttended() }
    clock.advance(61)
    for stream in board.streams { stream.isAttended() }
    #expect(report().problems[0].message.hasSuffix("camera-11 (connecting, start) and 52 more"))
    #expect(report().stale.count == 64)
  }
}
