internal import Records
internal import Synchronization

/// One stream's place on the status board. Its owner and the analysis report here; the health server reads.
///
/// Every call takes a lock of this stream's own for less than a microsecond and, `show` and changes of state aside,
/// allocates nothing: it may be called for every packet.
final class StreamStatus: Sendable {
  /// How a stream is.
  enum State: String, Sendable, Hashable, CaseIterable {
    /// Being opened, for the first time or again.
    case connecting
    /// Frames arrive.
    case online
    /// Connected, but no frame has come for a while.
    case stalled
    /// Frames arrive, but the picture does not change, or is black.
    case frozen
    /// Not connected; the next attempt is due.
    case lost
    /// A source with an end is at it.
    case ended
  }

  /// A part of a frame's way whose time is taken.
  enum Stage: String, Sendable, Hashable, CaseIterable {
    case decode, detect, segment
  }

  let details: StreamDetails
  private let now: @Sendable () -> Double
  private let status: Mutex<StreamSnapshot>

  init(_ details: StreamDetails, now: @escaping @Sendable () -> Double) {
    self.details = details
    self.now = now
    status = Mutex(StreamSnapshot(details: details, since: now()))
  }

  /// The stream changes its state, or the reason for the state that it is in.
  /// - Parameters:
  ///   - reason: one word of the records' vocabulary, such as `refused`.
  ///   - explanation: one sentence for people, without credentials.
  func enter(_ state: State, reason: String, explanation: String? = nil) {
    let time = now()
    status.withLock { $0.enter(state, reason: reason, explanation: explanation, at: time) }
  }

  /// Something came from the source.
  func packetArrived() {
    let time = now()
    status.withLock { $0.lastPacket = time }
  }

  /// A frame came out of the decoder.
  /// - Parameter isSampled: whether it was chosen to be looked at.
  func frameArrived(isSampled: Bool) {
    let time = now()
    status.withLock { $0.frameArrived(isSampled: isSampled, at: time) }
  }

  /// A sampled frame went all the way to its ballots.
  /// - Parameter delay: seconds since its arrival.
  func frameAnalysed(faces: Int, delay: Double) {
    let time = now()
    status.withLock { $0.frameAnalysed(faces: faces, delay: delay, at: time) }
  }

  /// Sampled frames that gave way to newer ones or were given up with their connection.
  func framesDropped(_ count: Int = 1) { status.withLock { $0.dropped += count } }

  /// Sampled frames that could not be analysed.
  func framesFailed(_ count: Int = 1) { status.withLock { $0.failed += count } }

  /// Frames that the decoder marked as damaged.
  func framesCorrupt(_ count: Int = 1) { status.withLock { $0.corrupt += count } }

  /// Ballots that were not counted because the picture was frozen, black or damaged.
  func ballotsWithheld(_ count: Int = 1) { status.withLock { $0.withheld += count } }

  /// Frames that wait for the analysis at the moment.
  func queueHolds(_ frames: Int) { status.withLock { $0.queued = frames } }

  /// A stage of a frame's way is done.
  func took(_ seconds: Double, in stage: Stage) {
    status.withLock { $0.stages[stage, default: DurationHistogram()].observe(seconds) }
  }

  /// A verdict begins, still stands or is over.
  func note(_ report: PersonReport) {
    let time = now()
    status.withLock { status in
      status.lastVerdict = time
      status.verdicts.note(report, at: time)
    }
  }

  /// The stream's owner does its rounds; one that does not is stuck.
  func isAttended() {
    let time = now()
    status.withLock { $0.lastAttended = time }
  }

  /// Whether a new picture for the page is worth its drawing: one a second while somebody looks at the stream, none
  /// otherwise. Answers true once for each picture that is due.
  func wantsPicture() -> Bool {
    let time = now()
    return status.withLock { $0.wantsPicture(at: time) }
  }

  /// The newest picture, masks laid over it.
  func show(_ picture: StatusPicture) {
    let time = now()
    status.withLock { status in
      status.picture = picture
      status.pictureTime = time
      status.pictureNumber += 1
    }
  }

  /// Somebody looks at the stream's picture.
  func isWatched() {
    let time = now()
    status.withLock { $0.lastLook = time }
  }

  /// All of it, as of now.
  var snapshot: StreamSnapshot { status.withLock { $0 } }
}
