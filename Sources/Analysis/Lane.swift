internal import Forensics
internal import Foundation
internal import Media
internal import Synchronization

/// One source's place in the analysis: its ring of waiting frames, and its people.
///
/// Frames leave the ring with a ticket and may be examined by several threads at once; the findings are taken in by
/// ticket, so tracks and votes see them in order. Pictures that are no evidence (frozen, black, damaged) are taken in
/// without being examined.
final class Lane: Sendable {
  /// What the lane tells its owner, in order.
  enum Event: Sendable {
    case person(PersonChange)
    /// What a frame said of each person; only told where measuring asked for a survey.
    case ballots(FrameBallots)
    case picture(PictureCondition)
    /// All frames are analysed and all verdicts are out.
    case finished(Summary, SourceCounters, MediaError?)
  }

  /// What came of one frame.
  enum Outcome: Sendable {
    case examined(Examination)
    /// It could not be examined, and why.
    case failed(String)
    /// It is no evidence and was not examined.
    case withheld(time: Double, arrival: Double, view: FrameView? = nil)
  }

  /// A frame to examine, and the ticket under which its findings must come back.
  struct Task {
    let frame: Frame
    let ticket: Int
    /// Whether it says anything; otherwise it is only drawn, and not examined.
    var isEvidence = true
    /// Whether people want to look at it.
    var drawsView = false
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
    var pictures: PictureWatch
    var patience: Patience
    var issued = 0
    var committed = 0
    var waiting: [Int: (outcome: Outcome, missed: Int)] = [:]
    /// Frames that gave way before the frame of a ticket.
    var missed: [Int: Int] = [:]
    var evictedBefore = 0
    var analysed = 0
    var withheld = 0
    var failed = 0
    var firstFailure: String?
    /// As of the last sampled frame.
    var decoded = DecodeCounters()
    var decoding: Decoding?
  }

  /// Names the source in messages.
  let name: String
  let ring: FrameRing
  /// How its frames are to be examined.
  let look: Examiner.Look
  let keepsExhibits: Bool
  /// The source's share of the analysis.
  let weight: Double
  private let isLive: Bool
  private let observer: (any SourceObserver)?
  private let state: Mutex<State>
  private let tellsBallots: Bool
  private let report: @Sendable (Event) -> Void

  init(
    name: String, ring: FrameRing, verdicts: SourceVerdicts, look: Examiner.Look, settings: AnalysisSettings,
    isLive: Bool, tellsBallots: Bool = false, observer: (any SourceObserver)? = nil,
    report: @escaping @Sendable (Event) -> Void
  ) {
    self.name = name
    self.ring = ring
    self.look = look
    self.tellsBallots = tellsBallots
    keepsExhibits = settings.keepsExhibits
    weight = max(settings.weight, 0.001)
    self.isLive = isLive
    self.observer = observer
    state = Mutex(
      State(
        verdicts: verdicts,
        pictures: PictureWatch(frozenAfter: settings.frozenAfter, blackAfter: settings.blackAfter),
        patience: Patience(settings.longestWait)))
    self.report = report
  }

  /// The next frame to examine, if one waits.
  func take() -> Task? {
    state.withLock { state in
      if isLive { ring.evict(olderThan: Date().timeIntervalSince1970 - state.patience.seconds) }
      while let frame = ring.tryNext() {
        let ticket = state.issued
        state.issued += 1
        let evicted = ring.counters.evicted
        state.missed[ticket] = evicted - state.evictedBefore
        if evicted > state.evictedBefore { observer?.framesEvicted(evicted - state.evictedBefore) }
        state.evictedBefore = evicted
        observer?.queueHolds(ring.counters.waiting)
        let isEvidence = !isWithheld(frame, &state)
        if !isEvidence { observer?.ballotWithheld() }
        let drawsView = observer?.wantsView() ?? false
        if isEvidence || drawsView {
          return Task(frame: frame, ticket: ticket, isEvidence: isEvidence, drawsView: drawsView)
        }
        commit(.withheld(time: frame.time, arrival: frame.arrival), ticket: ticket, &state)
      }
      return nil
    }
  }

  private func isWithheld(_ frame: Frame, _ state: inout State) -> Bool {
    guard isLive else { return false }
    guard !frame.isCorrupt else { return true }
    guard state.pictures.isOn else { return false }
    let finding = state.pictures.look(at: LumaSignature(of: frame), time: frame.time)
    if let condition = finding.change { report(.picture(condition)) }
    return finding.isWithheld
  }

  /// Takes what came of a frame in.
  func commit(_ outcome: Outcome, ticket: Int) {
    state.withLock { commit(outcome, ticket: ticket, &$0) }
  }

  private func commit(_ outcome: Outcome, ticket: Int, _ state: inout State) {
    state.waiting[ticket] = (outcome, state.missed.removeValue(forKey: ticket) ?? 0)
    while let (outcome, missed) = state.waiting.removeValue(forKey: state.committed) {
      state.committed += 1
      switch outcome {
      case .failed(let why):
        state.failed += 1
        state.firstFailure = state.firstFailure ?? why
        observer?.frameFailed()
      case .examined(let examination):
        state.analysed += 1
        let offset = state.verdicts.numberOffset
        let changes = state.verdicts.add(examination, missed: missed) { [self] ballots in
          if tellsBallots { report(.ballots(ballots)) }
          if let view = examination.view { observer?.viewDrawn(view.showing(ballots, look.rule, offset)) }
        }
        for change in changes { report(.person(change)) }
        observer?.frameTook(detection: examination.detectionSeconds, segmentation: examination.segmentationSeconds)
        observer?.frameAnalysed(
          faces: examination.findings.count, delay: Date().timeIntervalSince1970 - examination.arrival)
      case .withheld(let time, let arrival, let view):
        if let view { observer?.viewDrawn(view) }
        state.analysed += 1
        state.withheld += 1
        for change in state.verdicts.withhold(at: time, arrival: arrival, missed: missed) { report(.person(change)) }
        observer?.frameAnalysed(faces: 0, delay: Date().timeIntervalSince1970 - arrival)
      }
    }
  }

  /// Waits until every frame so far is examined. Looks again and again: what it waits for takes a tenth of a second.
  func settle(unless canceller: Canceller) {
    while !isSettled, !canceller.isCancelled { usleep(2_000) }
  }

  private var isSettled: Bool { state.withLock { ring.counters.waiting == 0 && $0.committed == $0.issued } }

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
      if counters.evicted > state.evictedBefore { observer?.framesEvicted(counters.evicted - state.evictedBefore) }
      observer?.queueHolds(0)
      report(.finished(state.verdicts.summary, counters, decoding.failure ?? analysisFailure))
    }
  }

  /// The decoder's counters as of a sampled frame, and when that is shown.
  func note(_ counters: DecodeCounters, frameAt time: Double) {
    state.withLock { state in
      state.decoded = counters
      state.patience.note(frameAt: time)
    }
  }

  /// The frames whose fate is known by now; those that still wait are not counted.
  var counters: SourceCounters { state.withLock { settled($0) } }

  private func settled(_ state: State) -> SourceCounters {
    let decoding = state.decoding?.counters ?? state.decoded
    var counters = SourceCounters()
    counters.analysed = state.analysed
    counters.withheld = state.withheld
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

extension FrameView {
  /// The same, with everybody whom the frame's ballots saw.
  fileprivate func showing(_ ballots: FrameBallots, _ rule: FrameRule, _ offset: Int) -> FrameView {
    var view = self
    view.people = ballots.people.compactMap { person in
      guard case .cast(let evidence) = person.vote else { return nil }
      let (width, height) = (Double(max(evidence.picture.width, 1)), Double(max(evidence.picture.height, 1)))
      let box = Rectangle(
        x: evidence.box.x / width, y: evidence.box.y / height, width: evidence.box.width / width,
        height: evidence.box.height / height)
      return Person(
        track: person.track + offset, box: box, score: evidence.finding.score,
        isMarked: rule.fires(at: evidence.finding.score))
    }
    return view
  }
}
