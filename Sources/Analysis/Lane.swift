internal import Forensics
internal import Foundation
internal import Media
internal import Synchronization

/// One source's place in the analysis: its ring of waiting frames, and its people.
///
/// Frames leave the ring with a ticket and may be examined by several threads at once; the findings are taken in by
/// ticket, so tracks and votes see them in order. The sections of a long recording may even be decoded side by side: what
/// was found in a later one waits until those before it are through. Pictures that are no evidence (frozen, black,
/// damaged) are taken in without being examined.
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
    let ticket: Order.Ticket
    /// Whether it says anything; otherwise it is only drawn, and not examined.
    var isEvidence = true
    /// Whether people want to look at it.
    var drawsView = false
  }

  /// What came of a frame, and how many gave way before it.
  typealias Order = SectionOrder<(outcome: Outcome, missed: Int)>

  private struct State {
    var verdicts: SourceVerdicts
    var pictures: PictureWatch
    var patience: Patience
    var order = Order()
    /// Frames that are being examined.
    var inWork = 0
    /// Frames that gave way before the frame of a ticket.
    var missed: [Order.Ticket: Int] = [:]
    var evictedBefore = 0
    var analysed = 0
    var withheld = 0
    var failed = 0
    var firstFailure: String?
    var isConcluded = false
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
        let ticket = state.order.ticket(of: frame.section)
        let evicted = ring.counters.evicted
        state.missed[ticket] = evicted - state.evictedBefore
        if evicted > state.evictedBefore { observer?.framesEvicted(evicted - state.evictedBefore) }
        state.evictedBefore = evicted
        observer?.queueHolds(ring.counters.waiting)
        let isEvidence = !isWithheld(frame, &state)
        if !isEvidence { observer?.ballotWithheld() }
        let drawsView = observer?.wantsView() ?? false
        if isEvidence || drawsView {
          state.inWork += 1
          return Task(frame: frame, ticket: ticket, isEvidence: isEvidence, drawsView: drawsView)
        }
        keep(.withheld(time: frame.time, arrival: frame.arrival), ticket: ticket, &state)
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

  /// Takes what came of a frame in, as soon as all before it are in.
  func commit(_ outcome: Outcome, ticket: Order.Ticket) {
    state.withLock { state in
      state.inWork -= 1
      keep(outcome, ticket: ticket, &state)
    }
  }

  private func keep(_ outcome: Outcome, ticket: Order.Ticket, _ state: inout State) {
    state.order.keep(
      (outcome, state.missed.removeValue(forKey: ticket) ?? 0), bytes: outcome.byteCount, at: ticket)
    takeInWaiting(&state)
  }

  private func takeInWaiting(_ state: inout State) {
    while let (outcome, missed) = state.order.next() { takeIn(outcome, missed: missed, &state) }
  }

  private func takeIn(_ outcome: Outcome, missed: Int, _ state: inout State) {
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

  /// Waits until every frame so far is examined. Looks again and again: what it waits for takes a tenth of a second.
  func settle(unless canceller: Canceller) {
    while !isSettled, !canceller.isCancelled { usleep(2_000) }
  }

  private var isSettled: Bool { state.withLock { ring.counters.waiting == 0 && $0.inWork == 0 } }

  /// Waits until what was found in later sections leaves room for more of it. The section whose findings are taken in
  /// never waits.
  func waitForRoom(section: Int, unless canceller: Canceller) {
    while !state.withLock({ $0.order.hasRoom(for: section) }), !canceller.isCancelled { usleep(5_000) }
  }

  /// The source is divided into so many sections. Call before the first of their frames.
  func expect(sections count: Int) {
    state.withLock { $0.order.expect(sections: count) }
  }

  /// A decoder begins with a section.
  /// - Returns: false if the lane is over.
  func beginDecoding(section: Int) -> Bool {
    state.withLock { state in
      if !state.isConcluded { state.order.begin(section) }
      return !state.isConcluded
    }
  }

  /// A section's decoder has delivered its last frame. Call before the ring is finished.
  func endDecoding(_ decoding: SectionDecoding, section: Int) {
    state.withLock { state in
      state.order.end(section, decoding)
      takeInWaiting(&state)
    }
  }

  /// Whether no frame is left and none will come.
  var isExhausted: Bool {
    state.withLock { ring.isExhausted && $0.inWork == 0 && $0.order.isDecoded }
  }

  /// Closes the tracks and reports the end. Called once, when the lane is exhausted.
  func conclude() {
    state.withLock { state in
      state.isConcluded = true
      for change in state.verdicts.close() { report(.person(change)) }
      let analysisFailure = state.firstFailure.map {
        MediaError(.library, "\(name): \(state.failed) frames could not be analysed: \($0)")
      }
      var counters = settled(state)
      counters.sampled = state.order.counters.sampled
      counters.evicted = counters.sampled - counters.analysed - counters.failed
      counters.decoded = counters.sampled + counters.skipped
      // In a divided source, frames of sections that do not count are given up as well.
      precondition(
        state.order.isDivided || counters.evicted == ring.counters.evicted + state.order.refused,
        "every sampled frame has a fate")
      if counters.evicted > state.evictedBefore { observer?.framesEvicted(counters.evicted - state.evictedBefore) }
      observer?.queueHolds(0)
      let failure = state.order.failure(ifUnread: MediaError(.cancelled, "\(name): stopped before its end"))
      report(.finished(state.verdicts.summary, counters, failure ?? analysisFailure))
    }
  }

  /// A section's decoder's counters as of a sampled frame, and when that is shown.
  func note(_ counters: DecodeCounters, frameAt time: Double, section: Int) {
    state.withLock { state in
      state.order.note(counters, of: section)
      state.patience.note(frameAt: time)
    }
  }

  /// The frames whose fate is known by now; those that still wait are not counted.
  var counters: SourceCounters { state.withLock { settled($0) } }

  private func settled(_ state: State) -> SourceCounters {
    let decoded = state.order.counters
    var counters = SourceCounters()
    counters.analysed = state.analysed
    counters.withheld = state.withheld
    counters.failed = state.failed
    // Frames of later sections that are given up were never part of this count.
    counters.evicted = state.order.isDivided ? 0 : ring.counters.evicted
    counters.sampled = counters.analysed + counters.failed + counters.evicted
    counters.skipped = decoded.skipped
    counters.decoded = counters.sampled + counters.skipped
    counters.corrupt = decoded.corrupt
    counters.faces = state.verdicts.faces
    return counters
  }
}

extension Lane.Outcome {
  /// Bytes of the pictures that it holds, roughly.
  fileprivate var byteCount: Int {
    guard case .examined(let examination) = self else { return 0 }
    return examination.surveys.reduce(1024) { $0 + 4 * ($1.picture?.mask.count ?? 0) }
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
