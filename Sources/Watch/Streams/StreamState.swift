internal import Analysis
internal import Media

/// How one stream fares, as a plain value: no clock, no thread, no connection. What happens comes in with its time,
/// what has to be done goes out.
///
///     connecting ──▶ online ⇄ stalled ⇄ frozen
///         ▲             │        │         │
///         │             ▼        ▼         ▼
///         └────────── lost ◀───────────────┘        ended
///
/// Online means that pictures come, not that somebody answered. At most one connection is under way: after `disconnect`
/// nothing is opened until `closed` has been called, however long that takes.
struct StreamState: Sendable {
  /// What the stream is told to be; the words of the records and of the status board.
  enum Phase: String, Sendable, Hashable {
    case connecting, online, stalled, frozen, lost, ended
  }

  /// What the caller has to do.
  enum Action: Sendable, Hashable {
    /// Open the source; say `opened`, `flowing` and in any case `closed`.
    case connect
    /// End the connection under way; `closed` follows in its own time.
    case disconnect
    case tell(Change)
    /// Nothing more will happen.
    case finish(failed: Bool)
  }

  /// A change of phase, or of the reason for it.
  struct Change: Sendable, Hashable {
    let phase: Phase
    /// Whether it was online before, so that this is a return and not a beginning.
    var isReturn = false
    /// One word of the vocabulary in `StreamReason`.
    let reason: String
    /// One sentence for people.
    let explanation: String
    /// Seconds until the next attempt, if one is planned.
    var retryIn: Double?
    var failure: MediaError?
  }

  /// The newest sights of packets and frames, on the clock of all other times; nil before the first.
  struct Sighting: Sendable, Hashable {
    var lastPacket: Double?
    var lastFrame: Double?
    var damaged = 0
  }

  let rules: StreamRules
  private(set) var phase = Phase.connecting
  private(set) var reason = "start"
  private var backoff: Backoff
  private var isConnected = false
  private var isStopped = false
  private var hasBeenOnline = false
  /// When the attempt began; nil while none is under way.
  private var attemptSince: Double?
  private var onlineSince: Double?
  private var opened: VideoInfo?
  /// When to try again.
  private var retryAt: Double?
  /// Why the connection is being ended, if it is by us: what it says of itself is "cancelled".
  private var verdict: MediaError?
  private var damagedWhenLastSeen = 0
  private var lastFrameSeen: Double?
  private var picture = PictureCondition.lively

  init(rules: StreamRules) {
    self.rules = rules
    backoff = Backoff(rules.backoff)
  }

  // What happens

  mutating func start(at now: Double) -> [Action] { connect(at: now) }

  /// The source answered and told what it holds.
  mutating func answered(_ info: VideoInfo, at now: Double) -> [Action] {
    opened = info
    return []
  }

  /// The first picture of a connection is there.
  mutating func flowing(_ info: VideoInfo, at now: Double) -> [Action] {
    guard isConnected, verdict == nil, !isStopped else { return [] }
    opened = info
    onlineSince = now
    lastFrameSeen = now
    picture = .lively
    let wasOnline = hasBeenOnline
    hasBeenOnline = true
    return enter(
      .online, reason: wasOnline ? StreamReason.reconnected : StreamReason.connected,
      "online\(wasOnline ? " again" : ""), \(info.codec) \(info.size.map { "\($0)" } ?? "of unknown size")",
      isReturn: wasOnline)
  }

  /// The pictures that are looked at began to be of another kind.
  mutating func pictureChanged(_ condition: PictureCondition, at now: Double) -> [Action] {
    picture = condition
    switch (phase, condition) {
    case (.online, .frozen), (.online, .black), (.frozen, .frozen), (.frozen, .black): return freeze()
    case (.frozen, .lively):
      return enter(.online, reason: StreamReason.pictureMoves, "the picture moves again", isReturn: true)
    default: return []
    }
  }

  /// Time has passed; `sighting` is what came until now.
  mutating func tick(_ sighting: Sighting, at now: Double) -> [Action] {
    if let retryAt, now >= retryAt, !isConnected { return connect(at: now) }
    guard isConnected, verdict == nil, !isStopped else { return [] }
    // Damage counts from the last picture on: decoding may come in bursts.
    if sighting.lastFrame != lastFrameSeen {
      (lastFrameSeen, damagedWhenLastSeen) = (sighting.lastFrame, sighting.damaged)
    }
    switch phase {
    case .connecting: return tickWhileConnecting(sighting, at: now)
    case .online, .stalled, .frozen: return tickWhileConnected(sighting, at: now)
    case .lost, .ended: return []
    }
  }

  /// The connection is over.
  /// - Parameters:
  ///   - failure: why; nil for an orderly end.
  ///   - jitter: a random number, 0..<1.
  mutating func closed(_ failure: MediaError?, at now: Double, jitter: Double) -> [Action] {
    let cause = verdict ?? (failure?.code == .cancelled ? nil : failure)
    let lasted = onlineSince.map { now - $0 } ?? 0
    let hasEnd = opened.map { !$0.isLive } ?? false
    (isConnected, attemptSince, onlineSince, opened, verdict) = (false, nil, nil, nil, nil)
    (damagedWhenLastSeen, picture) = (0, .lively)
    if isStopped { return [.finish(failed: false)] }
    if cause == nil, hasEnd, rules.atEnd == .finish {
      return enter(.ended, reason: StreamReason.endOfFile, "is at its end") + [.finish(failed: false)]
    }
    guard rules.triesAgain || (cause == nil && rules.atEnd == .again) else {
      return lose(cause, retryIn: nil) + [.finish(failed: true)]
    }
    let isRepetition = cause == nil && hasEnd && rules.atEnd == .again && lasted > 0
    let delay = isRepetition ? Backoff.least : backoff.delay(lasted: lasted, jitter: jitter)
    retryAt = now + delay
    // Beginning anew at the end of a recording is no loss.
    return isRepetition
      ? enter(.connecting, reason: StreamReason.endOfFile, "is at its end and begins anew")
      : lose(cause, retryIn: delay)
  }

  mutating func stop(at now: Double) -> [Action] {
    guard !isStopped else { return [] }
    isStopped = true
    retryAt = nil
    return isConnected ? [.disconnect] : [.finish(failed: false)]
  }

  // What follows

  private mutating func connect(at now: Double) -> [Action] {
    retryAt = nil
    isConnected = true
    attemptSince = now
    return [.connect]
      + enter(.connecting, reason: hasBeenOnline ? StreamReason.again : StreamReason.start, "connecting")
  }

  private mutating func tickWhileConnecting(_ sighting: Sighting, at now: Double) -> [Action] {
    guard let attemptSince, now - attemptSince > rules.firstPicture else { return [] }
    // The reader has deadlines of its own. This one is for what has none (a name server that does not answer), and for
    // streams whose packets come and never make a picture.
    let failure =
      opened == nil
      ? MediaError(.timedOut, "did not answer within \(Int(rules.firstPicture)) s")
      : sighting.lastPacket.map { now - $0 < rules.stallAfter } == true
        ? MediaError(.damaged, "packets arrive, but no picture could be decoded in \(Int(rules.firstPicture)) s")
        : MediaError(.noPackets, "sent no video within \(Int(rules.firstPicture)) s")
    return giveUp(failure)
  }

  private mutating func tickWhileConnected(_ sighting: Sighting, at now: Double) -> [Action] {
    guard opened?.isLive == true || rules.isPaced else { return [] }
    // With key frames alone, pictures are rare by intention and packets tell whether the stream lives.
    let last = (rules.keyFramesOnly ? sighting.lastPacket : sighting.lastFrame) ?? onlineSince ?? now
    let silence = now - last
    if phase == .stalled {
      if silence < rules.stallAfter {
        let back = enter(.online, reason: StreamReason.resumed, "pictures come again", isReturn: true)
        return picture == .lively ? back : back + freeze()
      }
      // What cannot be decoded for so long is of another kind than it was; opened again, it may be understood.
      if reason == StreamReason.decodeErrors, silence > rules.reopenDamagedAfter {
        return giveUp(MediaError(.damaged, "packets arrive, but none could be decoded for \(Int(silence)) s"))
      }
      // The reader gives up by itself; if it cannot, it is abandoned.
      guard silence > rules.abandonAfter else { return [] }
      return giveUp(
        MediaError(
          .noPackets,
          packetsCome(sighting, at: now)
            ? "no picture came for \(Int(silence)) s" : "has been silent for \(Int(silence)) s"))
    }
    guard silence >= rules.stallAfter else { return [] }
    let packetsCome = packetsCome(sighting, at: now)
    let seconds = "\(Int(silence.rounded())) s"
    if packetsCome && sighting.damaged > damagedWhenLastSeen {
      return enter(
        .stalled, reason: StreamReason.decodeErrors, "packets arrive, but none could be decoded for \(seconds)")
    }
    return packetsCome
      ? enter(.stalled, reason: StreamReason.noFrames, "packets arrive, but no picture for \(seconds)")
      : enter(.stalled, reason: StreamReason.noPackets, "nothing arrived for \(seconds)")
  }

  /// Pictures lag behind packets, since decoding waits until one is due: that they are missing for as long says nothing.
  private func packetsCome(_ sighting: Sighting, at now: Double) -> Bool {
    sighting.lastPacket.map { now - $0 < rules.packetsWithin } ?? false
  }

  private mutating func giveUp(_ failure: MediaError) -> [Action] {
    verdict = failure
    return [.disconnect]
  }

  private mutating func freeze() -> [Action] {
    picture == .black
      ? enter(.frozen, reason: StreamReason.blackPicture, "the picture is black; its ballots do not count")
      : enter(.frozen, reason: StreamReason.frozenPicture, "the picture stands still; its ballots do not count")
  }

  private mutating func lose(_ cause: MediaError?, retryIn delay: Double?) -> [Action] {
    let word = cause?.code.rawValue ?? StreamReason.endOfFile
    phase = .lost
    reason = word
    return [
      .tell(
        Change(
          phase: .lost, reason: word, explanation: cause?.message ?? "the stream ended", retryIn: delay, failure: cause)
      )
    ]
  }

  /// A change that is none is not told.
  private mutating func enter(_ next: Phase, reason why: String, _ explanation: String, isReturn: Bool = false)
    -> [Action]
  {
    if next == phase && why == reason && next != .connecting { return [] }
    phase = next
    reason = why
    return [.tell(Change(phase: next, isReturn: isReturn, reason: why, explanation: explanation))]
  }
}
