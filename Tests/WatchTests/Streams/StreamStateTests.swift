import Analysis
import Testing

@testable import Media
@testable import Watch

@Suite("The state of a stream")
struct StreamStateTests {
  private static func info(isLive: Bool = true) -> VideoInfo {
    VideoInfo(
      container: "rtsp", codec: "h264", size: PixelSize(width: 320, height: 240),
      codedSize: PixelSize(width: 320, height: 240), rotation: 0, duration: isLive ? nil : 2, isLive: isLive,
      isStill: false, startTime: 0, frameRate: 25)
  }

  private typealias Action = StreamState.Action

  private func changes(_ actions: [Action]) -> [String] {
    actions.map { action in
      switch action {
      case .connect: "connect"
      case .disconnect: "disconnect"
      case .finish(let failed): failed ? "failed" : "finish"
      case .tell(let change): "\(change.phase.rawValue):\(change.reason)"
      }
    }
  }

  private func sighting(_ packet: Double?, _ frame: Double?, damaged: Int = 0) -> StreamState.Sighting {
    StreamState.Sighting(lastPacket: packet, lastFrame: frame, damaged: damaged)
  }

  /// Connected and online since second 1.
  private func online(_ rules: StreamRules = StreamRules()) -> StreamState {
    var state = StreamState(rules: rules)
    _ = state.start(at: 0)
    _ = state.answered(Self.info(), at: 0.5)
    _ = state.flowing(Self.info(), at: 1)
    return state
  }

  @Test("is online only when a picture is there, not when somebody answers")
  func onlineMeansPictures() {
    var state = StreamState(rules: StreamRules())
    #expect(changes(state.start(at: 0)) == ["connect", "connecting:start"])
    #expect(state.answered(Self.info(), at: 1).isEmpty && state.phase == .connecting)
    #expect(changes(state.flowing(Self.info(), at: 2)) == ["online:connected"])
  }

  @Test("waits at least a second after the quickest refusal, longer each time, and never longer than a minute")
  func backsOff() {
    var state = StreamState(rules: StreamRules())
    var now = 0.0
    _ = state.start(at: now)
    var delays: [Double] = []
    for _ in 0..<10 {
      let actions = state.closed(MediaError(.refused, "nobody"), at: now, jitter: 1)
      guard case .tell(let change)? = actions.first, let delay = change.retryIn else {
        Issue.record("no retry is planned")
        return
      }
      #expect(change.reason == "refused" && change.phase == .lost)
      #expect(state.tick(sighting(nil, nil), at: now + delay - 0.01).isEmpty, "it came back too soon")
      now += delay
      #expect(changes(state.tick(sighting(nil, nil), at: now)).first == "connect")
      delays.append(delay)
    }
    #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60])
  }

  @Test("begins with the shortest delay again after a good stretch online, not after a short one")
  func forgivesAfterOnline() {
    var state = StreamState(rules: StreamRules())
    var now = 0.0
    _ = state.start(at: 0)
    func retry(after lasted: Double) -> Double? {
      if lasted > 0 { _ = state.flowing(Self.info(), at: now) }
      now += lasted
      let actions = state.closed(MediaError(.lost, "gone"), at: now, jitter: 1)
      guard case .tell(let change)? = actions.first, let delay = change.retryIn else { return nil }
      now += delay
      _ = state.tick(sighting(nil, nil), at: now)
      return delay
    }
    #expect([0, 0, 5, 31, 0].map { retry(after: $0) } == [1, 2, 4, 1, 2])
  }

  @Test("stalls when pictures stay away, says whether packets still came, and recovers by itself")
  func stalls() {
    var state = online()
    #expect(state.tick(sighting(3.9, 3.9), at: 4).isEmpty)
    #expect(changes(state.tick(sighting(3.9, 3.9), at: 6.9)) == ["stalled:no_packets"])
    #expect(state.tick(sighting(3.9, 3.9), at: 8).isEmpty, "the same is not told twice")
    #expect(changes(state.tick(sighting(8.2, 8.2), at: 8.25)) == ["online:resumed"])
    #expect(changes(state.tick(sighting(11.4, 8.2), at: 11.5)) == ["stalled:no_frames"])
    // Decoding waits until a picture is due: packets that came a little longer than pictures are no packets.
    var lagging = online()
    #expect(changes(lagging.tick(sighting(4.9, 4.1), at: 7.15)) == ["stalled:no_packets"])
    var bursts = online()
    _ = bursts.tick(sighting(3, 2, damaged: 1), at: 3)
    _ = bursts.tick(sighting(4.5, 2, damaged: 20), at: 4.5)
    #expect(changes(bursts.tick(sighting(5, 2, damaged: 20), at: 5.1)) == ["stalled:decode_errors"])
    var damaged = online()
    _ = damaged.tick(sighting(3, 1, damaged: 4), at: 3)
    #expect(changes(damaged.tick(sighting(4.1, 1, damaged: 9), at: 4.2)) == ["stalled:decode_errors"])
  }

  @Test("opens a stream again whose packets cannot be decoded any more: it may have become another one")
  func becomesAnother() {
    var state = online()
    #expect(changes(state.tick(sighting(4.1, 1, damaged: 9), at: 4.2)) == ["stalled:decode_errors"])
    #expect(state.tick(sighting(6.8, 1, damaged: 60), at: 6.9).isEmpty)
    #expect(changes(state.tick(sighting(7.1, 1, damaged: 80), at: 7.2)) == ["disconnect"])
    #expect(changes(state.closed(MediaError(.cancelled, ""), at: 7.3, jitter: 0)) == ["lost:damaged"])
  }

  @Test("with key frames alone, rare pictures are no stall as long as packets come")
  func rareKeyFrames() {
    var rules = StreamRules()
    rules.keyFramesOnly = true
    var state = online(rules)
    #expect(state.tick(sighting(30, 1), at: 30.1).isEmpty)
    #expect(changes(state.tick(sighting(30, 1), at: 33.1)) == ["stalled:no_packets"])
  }

  @Test("tells a frozen and a black picture, and when it moves again; silence outranks both")
  func freezes() {
    var state = online()
    #expect(changes(state.pictureChanged(.frozen, at: 12)) == ["frozen:frozen_picture"])
    #expect(changes(state.pictureChanged(.black, at: 14)) == ["frozen:black_picture"])
    #expect(changes(state.pictureChanged(.lively, at: 15)) == ["online:picture_moves"])
    _ = state.pictureChanged(.frozen, at: 20)
    #expect(changes(state.tick(sighting(20, 20), at: 23.5)) == ["stalled:no_packets"])
    #expect(changes(state.tick(sighting(24, 24), at: 24.1)) == ["online:resumed", "frozen:frozen_picture"])
  }

  @Test("abandons a connection that neither brings pictures nor ends, and opens no second one beside it")
  func abandons() {
    var state = StreamState(rules: StreamRules())
    _ = state.start(at: 0)
    #expect(state.tick(sighting(nil, nil), at: 29).isEmpty)
    #expect(changes(state.tick(sighting(nil, nil), at: 31)) == ["disconnect"])
    for time in stride(from: 32.0, to: 300, by: 1) { #expect(state.tick(sighting(nil, nil), at: time).isEmpty) }
    #expect(changes(state.closed(MediaError(.cancelled, ""), at: 300, jitter: 0)) == ["lost:timed_out"])
    var silent = online()
    _ = silent.tick(sighting(2, 2), at: 6)
    #expect(changes(silent.tick(sighting(2, 2), at: 22.5)) == ["disconnect"])
    #expect(changes(silent.closed(nil, at: 23, jitter: 0)) == ["lost:no_packets"])
  }

  @Test("tells packets that never become a picture from silence")
  func undecodable() {
    var state = StreamState(rules: StreamRules())
    _ = state.start(at: 0)
    _ = state.answered(Self.info(), at: 1)
    _ = state.tick(sighting(30.9, nil), at: 31)
    #expect(changes(state.closed(MediaError(.cancelled, ""), at: 31, jitter: 0)) == ["lost:damaged"])
    var silent = StreamState(rules: StreamRules())
    _ = silent.start(at: 0)
    _ = silent.answered(Self.info(), at: 1)
    _ = silent.tick(sighting(2, nil), at: 31)
    #expect(changes(silent.closed(MediaError(.cancelled, ""), at: 31, jitter: 0)) == ["lost:no_packets"])
  }

  @Test("a recording ends, or begins anew, or cannot be read")
  func recordings() {
    func closing(_ end: StreamRules.End, _ failure: MediaError?) -> [String] {
      var rules = StreamRules()
      (rules.triesAgain, rules.atEnd) = (false, end)
      var state = StreamState(rules: rules)
      _ = state.start(at: 0)
      _ = state.flowing(Self.info(isLive: false), at: 1)
      return changes(state.closed(failure, at: 3, jitter: 0))
    }
    #expect(closing(.finish, nil) == ["ended:end_of_file", "finish"])
    #expect(closing(.again, nil) == ["connecting:end_of_file"])
    #expect(closing(.finish, MediaError(.truncated, "cut")) == ["lost:truncated", "failed"])
  }

  @Test("has a reason and a sentence for every change, whatever happens in whatever order")
  func reasons() {
    var random = SystemRandomNumberGenerator()
    var told = 0
    for _ in 0..<200 {
      var rules = StreamRules()
      rules.atEnd = Bool.random(using: &random) ? .again : .finish
      rules.keyFramesOnly = Bool.random(using: &random)
      var state = StreamState(rules: rules)
      var now = 0.0
      var actions = state.start(at: now)
      for _ in 0..<200 where !actions.contains(where: { if case .finish = $0 { true } else { false } }) {
        for case .tell(let change) in actions {
          told += 1
          #expect(!change.reason.isEmpty && change.reason.allSatisfy { $0.isLowercase || $0 == "_" }, "\(change)")
          #expect(!change.explanation.isEmpty, "\(change)")
        }
        now += Double.random(in: 0...12, using: &random)
        let isLive = Bool.random(using: &random)
        let seen = Bool.random(using: &random) ? now - Double.random(in: 0...30, using: &random) : nil
        switch Int.random(in: 0..<6, using: &random) {
        case 0: actions = state.answered(Self.info(isLive: isLive), at: now)
        case 1: actions = state.flowing(Self.info(isLive: isLive), at: now)
        case 2: actions = state.pictureChanged(PictureCondition.allCases.randomElement(using: &random)!, at: now)
        case 3:
          let code = MediaError.Code.allCases.randomElement(using: &random)!
          let failure = Bool.random(using: &random) ? MediaError(code, "it went wrong") : nil
          actions = state.closed(failure, at: now, jitter: 0.5)
        default:
          actions = state.tick(sighting(seen.map { $0 + 0.1 }, seen, damaged: Int(now)), at: now)
        }
      }
    }
    #expect(told > 1000)
  }

  @Test("stops at once when nothing is open, and else after the connection has ended")
  func stops() {
    var waiting = StreamState(rules: StreamRules())
    _ = waiting.start(at: 0)
    _ = waiting.closed(MediaError(.refused, ""), at: 0, jitter: 0)
    #expect(changes(waiting.stop(at: 0.1)) == ["finish"])
    var state = online()
    #expect(changes(state.stop(at: 2)) == ["disconnect"])
    #expect(state.stop(at: 3).isEmpty && state.tick(sighting(nil, nil), at: 100).isEmpty)
    #expect(changes(state.closed(MediaError(.cancelled, ""), at: 101, jitter: 0)) == ["finish"])
  }
}
