import Records
import Testing

@testable import Watch

@Suite("The status board")
struct StatusBoardTests {
  private let clock = ManualClock()

  private func lobby() -> StreamStatus {
    StatusBoard(now: clock.now).add(StreamDetails(name: "lobby", kind: "rtsp", url: "rtsp://***@10.0.0.5/s1"))
  }

  @Test("counts a stream's ups and downs by its changes of state, not by its reports")
  func transitions() {
    let status = lobby()
    status.enter(.connecting, reason: "start")
    status.enter(.online, reason: "connected")
    #expect(status.snapshot.reconnects == 0)
    status.enter(.stalled, reason: "no_frames")
    status.enter(.stalled, reason: "no_frames")
    // The same connection goes on.
    status.enter(.online, reason: "frames_again")
    #expect(status.snapshot.reconnects == 0)
    status.enter(.frozen, reason: "black")
    status.enter(.lost, reason: "refused", explanation: "10.0.0.5 refuses")
    clock.advance(5)
    status.enter(.connecting, reason: "retry")
    status.enter(.lost, reason: "timed_out")
    status.enter(.connecting, reason: "retry")
    status.enter(.online, reason: "reconnected")
    let snapshot = status.snapshot
    #expect(snapshot.reconnects == 1)
    #expect(snapshot.stalls == 1)
    #expect(snapshot.freezes == 1)
    #expect(snapshot.losses == 2)
    #expect(snapshot.state == .online)
    #expect(snapshot.reason == "reconnected")
    #expect(snapshot.explanation == nil)
    #expect(snapshot.since == 1005)
  }

  @Test("keeps the moment of the change when only the reason is told anew")
  func reasonAlone() {
    let status = lobby()
    status.enter(.lost, reason: "refused")
    clock.advance(7)
    status.enter(.lost, reason: "timed_out")
    #expect(status.snapshot.since == 1000)
    #expect(status.snapshot.reason == "timed_out")
  }

  @Test("keeps time and counters of frames")
  func frames() {
    let status = lobby()
    status.packetArrived()
    clock.advance(1)
    for index in 0..<10 { status.frameArrived(isSampled: index.isMultiple(of: 5)) }
    clock.advance(1)
    status.frameAnalysed(faces: 2, delay: 0.3)
    status.framesDropped()
    status.framesCorrupt(3)
    status.ballotsWithheld(2)
    status.queueHolds(4)
    status.took(0.02, in: .detect)
    let snapshot = status.snapshot
    #expect(snapshot.decoded == 10 && snapshot.sampled == 2 && snapshot.analysed == 1 && snapshot.faces == 2)
    #expect(snapshot.dropped == 1 && snapshot.corrupt == 3 && snapshot.withheld == 2 && snapshot.queued == 4)
    #expect(snapshot.lastPacket == 1001 && snapshot.lastFrame == 1001 && snapshot.lastAnalysed == 1002)
    #expect(snapshot.stages[.detect]?.count == 1)
    #expect(snapshot.delay.sum == 0.3)
  }

  @Test("asks for a picture a second while somebody looks, and for none otherwise")
  func pictures() {
    let status = lobby()
    #expect(!status.wantsPicture())
    clock.advance(30)
    #expect(!status.wantsPicture())
    status.isWatched()
    #expect(status.wantsPicture())
    clock.advance(0.5)
    #expect(!status.wantsPicture())
    clock.advance(0.5)
    #expect(status.wantsPicture())
    clock.advance(9)
    #expect(!status.wantsPicture())
    status.isWatched()
    clock.advance(0.5)
    #expect(status.wantsPicture())
    status.show(StatusPicture(bytes: [1], width: 4, height: 3))
    #expect(status.snapshot.pictureNumber == 1)
    #expect(status.snapshot.pictureTime == 1040.5)
  }

  @Test("gives a stream of the same name the same place")
  func places() {
    let board = StatusBoard(now: clock.now)
    let first = board.add(StreamDetails(name: "a", kind: "rtsp", url: "rtsp://h/1"))
    let second = board.add(StreamDetails(name: "b", kind: "rtsp", url: "rtsp://h/2"))
    let third = board.add(StreamDetails(name: "a", kind: "rtsp", url: "rtsp://h/3"))
    #expect(board.streams.map(\.details.url) == ["rtsp://h/3", "rtsp://h/2"])
    board.remove(first)
    #expect(board.streams.count == 2)
    board.remove(third)
    #expect(board.streams.map(\.details.name) == ["b"])
    #expect(board.streams[0] === second)
    #expect(!board.isReady)
    board.becomeReady()
    #expect(board.isReady)
  }
}

@Suite("Rates")
struct RateMeterTests {
  @Test("settle on the true rate, whole or broken", arguments: [1.0, 3, 12.5, 25, 60])
  func steady(rate: Double) {
    var meter = RateMeter()
    var time = 100.0
    while time < 130 {
      meter.add(at: time)
      time += 1 / rate
    }
    #expect(abs(meter.rate(at: 130) - rate) <= 0.11)
  }

  @Test("start from the first event, not from ten seconds of nothing before it")
  func begin() {
    var meter = RateMeter()
    #expect(meter.rate(at: 50) == 0)
    for tenth in 0..<20 { meter.add(at: 50 + Double(tenth) / 10) }
    #expect(abs(meter.rate(at: 52) - 10) < 0.6)
  }

  @Test("fall to exactly zero within eleven seconds of the last event")
  func decay() {
    var meter = RateMeter()
    for index in 0..<500 { meter.add(at: 100 + Double(index) / 25) }
    var last = meter.rate(at: 120)
    for second in 121...131 {
      let rate = meter.rate(at: Double(second))
      #expect(rate <= last)
      last = rate
    }
    #expect(last == 0)
    #expect(meter.rate(at: 1e6) == 0)
  }

  @Test("know nothing of the time before a long silence")
  func silence() {
    var meter = RateMeter()
    for index in 0..<100 { meter.add(at: 100 + Double(index) / 10) }
    meter.add(at: 300)
    #expect(meter.rate(at: 301) == 0.1)
  }
}

@Suite("The verdict timeline")
struct VerdictTimelineTests {
  private func report(_ track: Int, _ phase: PersonReport.Phase, _ label: String, duration: Double = 5) -> PersonReport
  {
    PersonReport(
      track: track, phase: phase, label: label, reason: "majority", score: 0.7, threshold: 0.5, clearance: 0.2,
      duration: duration)
  }

  @Test("shows whose verdict stands and since when")
  func standing() {
    var timeline = VerdictTimeline()
    timeline.note(report(2, .started, "real"), at: 100)
    timeline.note(report(1, .started, "fake"), at: 101)
    timeline.note(report(2, .updated, "real", duration: 15), at: 110)
    #expect(timeline.standing.map(\.track) == [1, 2])
    #expect(timeline.standing[1].start == 95)
    #expect(timeline.standing[1].lastReport == 110)
    #expect(timeline.past.isEmpty)
    timeline.note(report(1, .ended, "fake"), at: 120)
    #expect(timeline.standing.map(\.track) == [2])
    #expect(timeline.past.map(\.end) == [120])
    #expect(timeline.begun == ["real": 1, "fake": 1])
  }

  @Test("counts a verdict that is told at its end alone")
  func endOnly() {
    var timeline = VerdictTimeline()
    timeline.note(report(9, .ended, "inconclusive", duration: 2), at: 50)
    #expect(timeline.past.map(\.start) == [48])
    #expect(timeline.begun == ["inconclusive": 1])
  }

  @Test("stays bounded, whatever comes and never ends")
  func bounds() {
    var timeline = VerdictTimeline()
    for track in 1...1000 { timeline.note(report(track, .started, "real"), at: Double(track)) }
    #expect(timeline.standing.count == VerdictTimeline.capacity)
    timeline.endAll(at: 2000)
    for track in 1...1000 { timeline.note(report(track, .ended, "fake"), at: 2000 + Double(track)) }
    #expect(timeline.past.count == VerdictTimeline.capacity)
    #expect(timeline.past.last?.end == 3000)
    #expect(timeline.standing.isEmpty)
  }
}
