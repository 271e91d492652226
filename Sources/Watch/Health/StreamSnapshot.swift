internal import Records

/// What is known of one stream at one moment. A pure value: times come in as monotonic seconds.
struct StreamSnapshot: Sendable {
  let details: StreamDetails

  var state = StreamStatus.State.connecting
  /// One word, and one sentence for people if there is one.
  var reason = "start"
  var explanation: String?
  /// When the stream entered its state.
  var since: Double

  /// When the stream got its place.
  let added: Double
  var lastPacket, lastFrame, lastSampled, lastAnalysed, lastVerdict: Double?
  /// When the owner last did its rounds.
  var lastAttended: Double?
  /// Since when frames have been handed to the analysis without one coming back; nil while none is due.
  var awaitedSince: Double?

  /// Frames out of the decoder; those chosen to be looked at; those that reached their ballots.
  var decoded = 0
  var sampled = 0
  var analysed = 0
  /// Sampled frames that were given up, and those that could not be analysed.
  var dropped = 0
  var failed = 0
  var corrupt = 0
  var withheld = 0
  var faces = 0
  /// Times that the stream came online again, fell silent, stood still, was lost.
  var reconnects = 0
  var stalls = 0
  var freezes = 0
  var losses = 0
  /// Frames that wait for the analysis.
  var queued = 0

  var decodedRate = RateMeter()
  var sampledRate = RateMeter()
  var analysedRate = RateMeter()

  var stages: [StreamStatus.Stage: DurationHistogram] = [:]
  /// From a frame's arrival to its ballots.
  var delay = DurationHistogram()
  /// The same, over the last ten frames or so.
  var recentDelay: Double?

  var verdicts = VerdictTimeline()

  var picture: StatusPicture?
  var pictureTime: Double?
  /// Counts the pictures, so that a reader can tell a new one.
  var pictureNumber = 0

  /// When somebody last looked at the picture, and when a picture was last asked for.
  var lastLook, lastPictureWish: Double?

  private var hasBeenOnline = false

  init(details: StreamDetails, since: Double) {
    self.details = details
    self.since = since
    added = since
  }

  mutating func enter(_ next: StreamStatus.State, reason: String, explanation: String?, at time: Double) {
    self.reason = reason
    self.explanation = explanation
    guard next != state else { return }
    switch next {
    case .online:
      // From stalled or frozen the same connection goes on.
      if hasBeenOnline && (state == .connecting || state == .lost) { reconnects += 1 }
      hasBeenOnline = true
    case .stalled: stalls += 1
    case .frozen: freezes += 1
    case .lost: losses += 1
    case .connecting, .ended: break
    }
    if next == .lost || next == .ended {
      verdicts.endAll(at: time)
      queued = 0
      awaitedSince = nil
    }
    state = next
    since = time
  }

  mutating func frameArrived(isSampled: Bool, at time: Double) {
    lastPacket = time
    lastFrame = time
    decoded += 1
    decodedRate.add(at: time)
    guard isSampled else { return }
    lastSampled = time
    sampled += 1
    awaitedSince = awaitedSince ?? time
    sampledRate.add(at: time)
  }

  mutating func frameAnalysed(faces found: Int, delay seconds: Double, at time: Double) {
    lastAnalysed = time
    awaitedSince = nil
    analysed += 1
    faces += found
    analysedRate.add(at: time)
    delay.observe(seconds)
    recentDelay = recentDelay.map { 0.9 * $0 + 0.1 * seconds } ?? seconds
  }

  static let pictureInterval = 1.0
  /// A page asks every second or two; one that has not asked for this long is closed, or shows something else.
  static let lookLasts = 10.0

  mutating func wantsPicture(at time: Double) -> Bool {
    guard let lastLook, time - lastLook < Self.lookLasts else { return false }
    if let lastPictureWish, time - lastPictureWish < Self.pictureInterval { return false }
    lastPictureWish = time
    return true
  }
}
