public import Forensics
public import Media
internal import Synchronization

/// What happens to one source, from opening to its last verdict; sent in order, from the threads that do the work.
public enum SourceEvent: Sendable {
  /// The source is open and has a video stream.
  case opened(VideoInfo)
  /// The first picture to look at is there.
  case flowing(VideoInfo)
  /// The pictures began to be of another kind; of live sources only.
  case picture(PictureCondition)
  case person(PersonChange)
  /// Nothing more will come. `failure` says why the source ended early, if it did; what was found before it stands.
  case finished(Summary, SourceCounters, failure: MediaError?)
}

/// One source being decoded and analysed: a decoding thread, a ring, and a lane in the pool. The sections of a long
/// recording are read by further threads, where there are hands to spare.
public final class SourceAnalysis: Sendable {
  private let location: Location
  private let pool: AnalysisPool
  private let settings: AnalysisSettings
  private let look: Examiner.Look
  private let votes: VoteRule
  private let firstTrack: Int
  private let report: @Sendable (SourceEvent) -> Void
  private let observe: (@Sendable (FrameBallots) -> Void)?
  private let observer: (any SourceObserver)?
  private let hands: SpareHands?
  private let canceller = Canceller()
  /// How far the reading has come; in a recording that is divided, that of its first section.
  public let progress: ReaderProgress
  /// The last seconds of its video, undecoded, if the settings ask for them.
  public let history: PacketHistory?
  private let lane = Mutex<Lane?>(nil)
  /// Reads the further sections of a recording that is divided.
  private let crew = Mutex<SectionCrew?>(nil)

  /// Starts at once.
  /// - Parameters:
  ///   - firstTrack: number of the first track; a stream that reconnects goes on counting.
  ///   - hands: threads that may help to decode a long recording.
  ///   - observer: looks on.
  ///   - report: receives the events, one at a time and in order. It is called with the source's state locked: it may
  ///     write and signal, but must not wait for the analysis.
  ///   - observe: receives every frame's ballots before they are counted, for measuring; called as `report` is.
  public init(
    of location: Location, in pool: AnalysisPool, settings: AnalysisSettings, firstTrack: Int = 1,
    hands: SpareHands? = nil, observer: (any SourceObserver)? = nil, observe: (@Sendable (FrameBallots) -> Void)? = nil,
    report: @escaping @Sendable (SourceEvent) -> Void
  ) {
    self.location = location
    self.pool = pool
    self.settings = settings
    self.firstTrack = firstTrack
    self.hands = hands
    self.observer = observer
    if let observer {
      progress = ReaderProgress(
        onFrame: { isSampled, seconds in observer.frameDecoded(isSampled: isSampled, decodeSeconds: seconds) },
        onDamage: { observer.frameDamaged() })
    } else {
      progress = ReaderProgress()
    }
    history = settings.history.map { PacketHistory(seconds: $0) }
    self.report = report
    self.observe = observe
    look = Examiner.Look(pool.models, settings)
    votes = pool.models.votes(settings)
    startThread(named: "decode") { [self] in decode() }
  }

  /// Ends the source early: reading stops, frames that still wait are given up and counted as evicted, open verdicts
  /// are closed and reported, and `finished` follows with the failure `cancelled`.
  public func cancel() {
    canceller.cancel()
    crew.withLock { $0 }?.end(after: -1)
    lane.withLock { $0 }?.ring.cancel()
    pool.wake()
  }

  /// Since when a reader has computed or waited without a packet or a picture to show for it, in seconds of the monotonic
  /// clock; nil while none is waited for.
  public var busySince: Double? {
    [progress.busySince, crew.withLock { $0 }?.busySince].compactMap(\.self).min()
  }

  /// Frames and faces so far; all zero until the source is open. Frames that still wait are not counted.
  public var counters: SourceCounters { lane.withLock { $0 }?.counters ?? SourceCounters() }

  private func decode() {
    defer { history?.end() }
    do throws(MediaError) {
      let reader = try VideoReader(
        location, options: settings.reader, canceller: canceller, progress: progress, history: history)
      report(.opened(reader.info))
      feed(reader)
    } catch {
      report(.finished(Summary(), SourceCounters(), failure: error))
    }
  }

  /// Passes the sampled frames to the analysis until the source ends.
  private func feed(_ reader: VideoReader) {
    let isLive = reader.info.isLive || settings.isPaced
    let ring = FrameRing(
      frames: settings.ringFrames, bytes: settings.ringBytes,
      whenFull: isLive ? .dropOldest : .wait, onArrival: { [pool] in pool.wake() })
    let lane = makeLane(ring, isStill: reader.info.isStill, isLive: isLive)
    self.lane.withLock { $0 = lane }
    // A cancellation between opening and here found no ring to cancel.
    if canceller.isCancelled { ring.cancel() }
    pool.add(lane)
    var crew: SectionCrew?
    var isFirst = true
    let isFollowed = read(reader, into: lane, canceller) { [self] frame in
      if isFirst { report(.flowing(reader.info)) }
      if isFirst, mayDivide(isLive) { crew = divide(reader, into: lane, firstFrame: frame) }
      isFirst = false
      crew?.callHands()
    }
    if !isFollowed { crew?.end(after: 0) }
    crew?.finish()
    self.crew.withLock { $0 = nil }
    ring.finish()
    pool.wake()
  }

  /// Whoever looks on, or keeps packets for clips, follows one reader from beginning to end.
  private func mayDivide(_ isLive: Bool) -> Bool { !isLive && observer == nil && history == nil }

  /// Who reads what follows the first section; nil where the source is not divided.
  private func divide(_ reader: VideoReader, into lane: Lane, firstFrame: Frame) -> SectionCrew? {
    let sections = reader.divide()
    guard !sections.isEmpty else { return nil }
    lane.expect(sections: sections.count + 1)
    // Each decoder holds several pictures: those of very large ones are not multiplied.
    let isLarge = firstFrame.byteCount > settings.ringBytes / 4
    let crew = SectionCrew(sections, hands: isLarge ? nil : hands) { [self] in read($0, into: lane) }
    self.crew.withLock { $0 = crew }
    return crew
  }

  private func read(_ work: SectionCrew.Work, into lane: Lane) -> Bool {
    let number = work.section.number
    guard lane.beginDecoding(section: number) else { return false }
    do throws(MediaError) {
      let reader = try VideoReader(
        location, section: work.section, options: settings.reader, canceller: work.canceller, progress: work.progress)
      return read(reader, into: lane, work.canceller)
    } catch {
      lane.endDecoding(
        SectionDecoding(counters: DecodeCounters(), delivered: 0, refused: 0, isFollowed: false, failure: error),
        section: number)
      return false
    }
  }

  /// Reads a section, or an undivided source, to its end.
  /// - Returns: whether more of the source follows.
  private func read(
    _ reader: VideoReader, into lane: Lane, _ canceller: Canceller, arrived: (Frame) -> Void = { _ in }
  ) -> Bool {
    var (delivered, refused) = (0, 0)
    var failure: MediaError?
    let isLive = reader.info.isLive || settings.isPaced
    var pacer = settings.isPaced ? Pacer(canceller) : nil
    do throws(MediaError) {
      while let frame = try reader.next() {
        pacer?.wait(until: frame.time)
        arrived(frame)
        lane.note(reader.counters, frameAt: frame.time, section: frame.section)
        lane.waitForRoom(section: frame.section, unless: canceller)
        let isLarge = frame.byteCount > settings.ringBytes / 2
        guard lane.ring.push(frame) else {
          refused = 1
          failure = MediaError(.cancelled, "\(location): stopped before its end")
          break
        }
        delivered += 1
        // A decoder holds several pictures by itself: no more of such a size at once than need be.
        if isLarge, !isLive { lane.settle(unless: canceller) }
      }
    } catch {
      failure = error
    }
    let isFollowed = failure == nil && reader.endsWithSection
    lane.endDecoding(
      SectionDecoding(
        counters: reader.counters, delivered: delivered, refused: refused, isFollowed: isFollowed, failure: failure),
      section: reader.section.number)
    return isFollowed
  }

  private func makeLane(_ ring: FrameRing, isStill: Bool, isLive: Bool) -> Lane {
    let verdicts = SourceVerdicts(
      rule: isStill ? votes.still : votes, threshold: look.rule.threshold, updateInterval: settings.updateInterval,
      firstTrack: firstTrack, longestGap: settings.longestGap)
    let lane = Lane(
      name: location.redacted, ring: ring, verdicts: verdicts, look: look, settings: settings, isLive: isLive,
      tellsBallots: observe != nil, observer: observer
    ) { [report, observe] event in
      switch event {
      case .ballots(let ballots): observe?(ballots)
      case .person(let change): report(.person(change))
      case .picture(let condition): report(.picture(condition))
      case .finished(let summary, let counters, let failure): report(.finished(summary, counters, failure: failure))
      }
    }
    _ = lane.beginDecoding(section: 0)
    return lane
  }
}
