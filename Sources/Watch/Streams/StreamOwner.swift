internal import Analysis
internal import Forensics
internal import Foundation
internal import Media
internal import Records
internal import Synchronization

/// The one owner of one stream: opens it, tells what happens, and opens it again, for as long as it is wanted.
///
/// What happens comes into a mailbox, from the threads that read and analyse and from the supervisor's clock; one task
/// takes it out and asks `StreamState` what follows. So there is no lock, nothing is decided twice, and records leave in
/// the order in which things happened.
final class StreamOwner: Sendable {
  /// What the owner needs of the world.
  struct Surroundings: Sendable {
    let pool: AnalysisPool
    let models: AnalysisModels
    /// Takes a record. Must not block for long.
    let tell: @Sendable (Record) -> Void
    /// Takes one sentence for people.
    let complain: @Sendable (String) -> Void
    /// Monotonic seconds.
    let now: @Sendable () -> Double
    var statsInterval: Double
    let evidence: EvidenceKeeper
  }

  private enum Message: Sendable {
    case answered(VideoInfo)
    case flowing(VideoInfo)
    case picture(PictureCondition)
    case person(PersonChange)
    case closed(SourceCounters, MediaError?)
    case tick
    case stop
    case abandon
  }

  let configuration: StreamConfiguration
  let status: StreamStatus
  private let settings: AnalysisSettings
  private let surroundings: Surroundings
  private let onTried: @Sendable () -> Void
  private let mailbox: AsyncStream<Message>
  private let letters: AsyncStream<Message>.Continuation
  /// A tick that nobody has taken out yet makes a second one useless.
  private let hasTick = Atomic<Bool>(false)

  /// - Parameters:
  ///   - onTried: called once, when the first attempt has come to an end, good or bad.
  init(
    _ configuration: StreamConfiguration, settings: AnalysisSettings, status: StreamStatus, surroundings: Surroundings,
    onTried: @escaping @Sendable () -> Void
  ) {
    self.configuration = configuration
    self.settings = settings
    self.status = status
    self.surroundings = surroundings
    self.onTried = onTried
    (mailbox, letters) = AsyncStream.makeStream()
  }

  /// Time has passed.
  func tick() {
    if !hasTick.exchange(true, ordering: .relaxed) { letters.yield(.tick) }
  }

  /// Ends the stream in good order: `run` returns when everything is closed and told.
  func stop() { letters.yield(.stop) }

  /// Ends the watch over the stream although it has not let go: what it still holds stays as it is.
  func abandon() { letters.yield(.abandon) }

  /// Owns the stream until stopped, or until a source that has an end is at its end.
  /// - Parameter firstTrack: number of the first track.
  func run(firstTrack: Int = 1) async -> StreamOutcome {
    var course = Course(configuration, settings, firstTrack: firstTrack, at: surroundings.now())
    await follow(course.state.start(at: surroundings.now()), &course)
    for await message in mailbox {
      let now = surroundings.now()
      switch message {
      case .answered(let info): await follow(course.state.answered(info, at: now), &course)
      case .flowing(let info): await follow(course.state.flowing(info, at: now), &course)
      case .picture(let condition): await follow(course.state.pictureChanged(condition, at: now), &course)
      case .person(let change): await note(change, &course)
      case .closed(let counters, let failure):
        course.past = course.past + counters
        course.analysis = nil
        tellStats(course, at: now)
        course.lastStats = now
        await follow(course.state.closed(failure, at: now, jitter: .random(in: 0..<1)), &course)
      case .tick:
        hasTick.store(false, ordering: .relaxed)
        status.isAttended()
        await follow(course.state.tick(course.sighting, at: now), &course)
        if now - course.lastStats >= surroundings.statsInterval {
          tellStats(course, at: now)
          course.lastStats = now
        }
      case .stop: await follow(course.state.stop(at: now), &course)
      case .abandon:
        surroundings.complain("\(configuration.name) did not end in time and was abandoned")
        await follow([.finish(failed: true)], &course)
      }
      if course.isOver { break }
    }
    letters.finish()
    return course.outcome
  }

  /// What changes while the stream runs.
  private struct Course {
    var state: StreamState
    var analysis: SourceAnalysis?
    var alerts: AlertMemory
    /// What has been kept for the alerts that stand, by track.
    var kept: [Int: KeptEvidence] = [:]
    var gate = FloodGate()
    /// Of the connections that are over.
    var past = SourceCounters()
    var lastStats: Double
    var wasTried = false
    var isOver = false
    var outcome: StreamOutcome

    init(_ configuration: StreamConfiguration, _ settings: AnalysisSettings, firstTrack: Int, at now: Double) {
      state = StreamState(rules: StreamRules(configuration, settings))
      alerts = AlertMemory(cooldown: configuration.settings.cooldown)
      lastStats = now
      outcome = StreamOutcome(nextTrack: firstTrack)
    }

    var sighting: StreamState.Sighting {
      let progress = analysis?.progress
      return StreamState.Sighting(
        lastPacket: progress?.lastPacket, lastFrame: progress?.lastFrame, damaged: progress?.damaged ?? 0)
    }

    var counters: SourceCounters { past + (analysis?.counters ?? SourceCounters()) }
  }

  private func follow(_ actions: [StreamState.Action], _ course: inout Course) async {
    for action in actions {
      switch action {
      case .connect: course.analysis = connect(firstTrack: course.outcome.nextTrack)
      case .disconnect: course.analysis?.cancel()
      case .tell(let change): tell(change, &course)
      case .finish(let failed):
        course.outcome.hasFailed = failed
        course.isOver = true
        status.enter(.ended, reason: failed ? course.state.reason : "stopped")
      }
    }
  }

  private func connect(firstTrack: Int) -> SourceAnalysis {
    SourceAnalysis(
      of: configuration.location, in: surroundings.pool, settings: settings, firstTrack: firstTrack, observer: status
    ) { [letters] event in
      switch event {
      case .opened(let info): letters.yield(.answered(info))
      case .flowing(let info): letters.yield(.flowing(info))
      case .picture(let condition): letters.yield(.picture(condition))
      case .person(let change): letters.yield(.person(change))
      case .finished(_, let counters, let failure): letters.yield(.closed(counters, failure))
      }
    }
  }

  // What is told

  private var narrator: Narrator { Narrator(subject: .stream(status.details), models: surroundings.models) }

  private func tell(_ change: StreamState.Change, _ course: inout Course) {
    status.enter(
      StreamStatus.State(rawValue: change.phase.rawValue) ?? .lost, reason: change.reason,
      explanation: change.explanation)
    if change.phase != .connecting, !course.wasTried {
      course.wasTried = true
      onTried()
    }
    let cause = "\(change.phase.rawValue) \(change.isReturn) \(change.reason)"
    guard case .pass(let repeated) = course.gate.admit(cause, at: surroundings.now()) else { return }
    let next = change.retryIn.map { ", next attempt in \(Int($0.rounded(.up))) s" } ?? ""
    var sentence = change.explanation + next
    if change.phase == .connecting && change.reason != StreamReason.endOfFile {
      sentence += " to \(configuration.location)"
    }
    if repeated > 0 { sentence += " (the same \(repeated) times since this was last said)" }
    let record = narrator.record(
      Self.action(of: change), level: Self.level(of: change.phase), message: sentence, reason: change.reason,
      failure: change.failure.map { Record.Failure(code: $0.code.rawValue, message: $0.message) }
    ) { $0.repeated = repeated > 0 ? repeated : nil }
    surroundings.tell(record)
    if [.stalled, .frozen, .lost].contains(change.phase) { surroundings.complain(record.message) }
  }

  private static func action(of change: StreamState.Change) -> Record.Action {
    switch change.phase {
    case .connecting: .streamConnecting
    case .online: change.isReturn ? .streamRecovered : .streamOnline
    case .stalled: .streamStalled
    case .frozen: .streamFrozen
    case .lost: .streamLost
    case .ended: .streamEnded
    }
  }

  private static func level(of phase: StreamState.Phase) -> Record.Level {
    switch phase {
    case .connecting, .online, .ended: .info
    case .stalled, .frozen: .warn
    case .lost: .error
    }
  }

  private func tellStats(_ course: Course, at now: Double) {
    let counters = course.counters
    guard counters.decoded > 0 else { return }
    surroundings.tell(
      narrator.record(
        .stats, kind: .metric, message: "\(counters.analysed) frames analysed, \(counters.faces) faces judged"
      ) { $0.counters = CounterDetails(counters) })
  }

  private func note(_ change: PersonChange, _ course: inout Course) async {
    status.note(PersonReport(change))
    course.outcome.nextTrack = max(course.outcome.nextTrack, change.track + 1)
    if change.change.verdict.label == .fake { course.outcome.hasFake = true }
    let isAlert = course.alerts.isAlert(change.change, track: change.track, at: surroundings.now())
    let kept = isAlert ? await keepEvidence(of: change, &course) : nil
    surroundings.tell(narrator.record(of: change, mayAlert: isAlert, evidence: kept?.picture, clip: kept?.clip))
  }

  /// Keeps what shows why the alert was raised, or a stronger picture of it than before; the name stays.
  private func keepEvidence(of change: PersonChange, _ course: inout Course) async -> KeptEvidence? {
    let wanted = configuration.settings.evidence
    guard wanted != .none else { return nil }
    let verdict = change.change.verdict
    var kept =
      course.kept[change.track]
      ?? KeptEvidence(
        EvidenceName(
          stream: configuration.name, time: change.epoch + verdict.end, track: change.track))
    if case .started = change.change, wanted == .clip, let history = course.analysis?.history {
      kept.clip = surroundings.evidence.keepClip(of: history, as: kept.name)
    }
    if let strongest = verdict.strongest, let exhibit = strongest.exhibit, strongest.finding.score > kept.score,
      let picture = await surroundings.evidence.keep(exhibit, as: kept.name)
    {
      (kept.picture, kept.score) = (picture, strongest.finding.score)
    }
    if case .ended = change.change { course.kept[change.track] = nil } else { course.kept[change.track] = kept }
    return kept
  }
}

/// What has been kept for one alert.
struct KeptEvidence: Sendable {
  let name: EvidenceName
  /// The score of the frame that the picture shows; below all scores before there is a picture.
  var score: Float = -1
  var picture: String?
  var clip: String?

  init(_ name: EvidenceName) { self.name = name }
}

/// How the watch over one stream ended.
struct StreamOutcome: Sendable, Hashable {
  /// Whether a manipulated face was seen.
  var hasFake = false
  /// Whether the source could not be read to its end.
  var hasFailed = false
  /// The number that the next track would have had.
  var nextTrack = 1
}
