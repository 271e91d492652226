internal import Forensics
internal import Media
internal import Synchronization

/// One source's place in the analysis: its ring of waiting frames, and its people.
///
/// Frames leave the ring with a ticket and may be examined by several threads at once; the findings are taken in by
/// ticket, so tracks and votes see them in order.
final class Lane: Sendable {
  /// What the lane tells its owner, in order.
  enum Event: Sendable {
    case person(PersonChange)
    /// What a frame said of each person; only told where measuring asked for a survey.
    case ballots(FrameBallots)
    /// All frames are analysed and all verdicts are out.
    case finished(Summary, SourceCounters, MediaError?)
  }

  /// What came of one frame.
  enum Outcome: Sendable {
    case examined(Examination)
    /// It could not be examined, and why.
    case failed(String)
  }

  /// How the decoder's work ended.
  private struct Decoding {
    let counters: DecodeCounters
    /// Sampled frames that a cancelled ring did not take any more.
    let refused: Int
    let failure: MediaError?
  }

  private struct State {
    var verdicts: SourceVerdicts
    var issued = 0
    var committed = 0
    var waiting: [Int: Outcome] = [:]
    var analysed = 0
    var failed = 0
    var firstFailure: String?
    /// As of the last sampled frame.
    var decoded = DecodeCounters()
    var decoding: Decoding?
  }

  /// Names the source in messages.
  let name: String
  let ring: FrameRing
  private let state: Mutex<State>
  private let tellsBallots: Bool
  private let report: @Sendable (Event) -> Void

  init(
    name: String, ring: FrameRing, verdicts: SourceVerdicts, tellsBallots: Bool = false,
    report: @escaping @Sendable (Event) -> Void
  ) {
    self.name = name
    self.ring = ring
    self.tellsBallots = tellsBallots
    state = Mutex(State(verdicts: verdicts))
    self.report = report
  }

  /// The next frame, if one waits, with the ticket under which its findings must come back.
  func take() -> (frame: Frame, ticket: Int)? {
    state.withLock { state in
      guard let frame = ring.tryNext() else { return nil }
      defer { state.issued += 1 }
      return (frame, state.issued)
    }
  }

  /// Takes what came of a frame in.
  func commit(_ outcome: Outcome, ticket: Int) {
    state.withLock { state in
      state.waiting[ticket] = outcome
      while let outcome = state.waiting.removeValue(forKey: state.committed) {
        state.committed += 1
        switch outcome {
        case .failed(let why):
          state.failed += 1
          state.firstFailure = state.firstFailure ?? why
        case .examined(let examination):
          state.analysed += 1
          let observe: ((FrameBallots) -> Void)? = tellsBallots ? { [report] in report(.ballots($0)) } : nil
          for change in state.verdicts.add(examination, observe: observe) { report(.person(change)) }
        }
      }
    }
  }

  /// The decoder has delivered its last frame. Call before the ring is finished.
  /// - Parameter refused: sampled frames that the ring did not take.
  func endDecoding(_ counters: DecodeCounters, refused: Int, failure: MediaError?) {
    state.withLock { $0.decoding = Decoding(counters: counters, refused: refused, failure: failure) }
  }

  /// Whether no frame is left and none will come.
  var isExhausted: Bool {
    state.withLock { ring.isExhausted && $0.committed == $0.issued && $0.decoding != nil }
  }

  /// Closes the tracks and reports the end. Called once, when the lane is exhausted.
  func conclude() {
    state.withLock { state in
      guard let decoding = state.decoding else { preconditionFailure("a lane concludes after its decoding") }
      for change in state.verdicts.close() { report(.person(change)) }
      let analysisFailure = state.firstFailure.map {
        MediaError(.library, "\(name): \(state.failed) frames could not be analysed: \($0)")
      }
      var counters = settled(state)
      counters.evicted += decoding.refused
      counters.sampled += decoding.refused
      counters.decoded = decoding.counters.decoded
      precondition(counters.sampled == decoding.counters.sampled, "every sampled frame has a fate")
      report(.finished(state.verdicts.summary, counters, decoding.failure ?? analysisFailure))
    }
  }

  /// The decoder's counters as of a sampled frame.
  func note(_ counters: DecodeCounters) {
    state.withLock { $0.decoded = counters }
  }

  /// The frames whose fate is known by now; those that still wait are not counted.
  var counters: SourceCounters { state.withLock { settled($0) } }

  private func settled(_ state: State) -> SourceCounters {
    let decoding = state.decoding?.counters ?? state.decoded
    var counters = SourceCounters()
    counters.analysed = state.analysed
    counters.failed = state.failed
    counters.evicted = ring.counters.evicted
    counters.sampled = counters.analysed + counters.failed + counters.evicted
    counters.skipped = decoding.skipped
    counters.decoded = counters.sampled + counters.skipped
    counters.corrupt = decoding.corrupt
    counters.faces = state.verdicts.faces
    return counters
  }
}
