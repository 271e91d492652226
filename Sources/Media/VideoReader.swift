import CFFmpeg
import Glibc

/// Opens one source and hands out its sampled frames in the order of presentation. Blocks; used by one thread at a time.
/// Any thread may cancel it through its `canceller`.
@safe public final class VideoReader {
  public let location: Location
  /// The part of the recording that it reads.
  public private(set) var section: Section
  /// Whether it has ended where its section does, and more of the recording follows.
  public private(set) var endsWithSection = false
  /// Ends a blocking call from another thread.
  public let canceller: Canceller
  public private(set) var info: VideoInfo
  public private(set) var counters = DecodeCounters()

  private let options: ReaderOptions
  private let demuxer: Demuxer
  private let decoder: Decoder
  private let packet: UnsafeMutablePointer<AVPacket>
  private let scratch: UnsafeMutablePointer<AVFrame>
  private let timeBase: Double
  private let ignoresTimestamps: Bool
  private let streamOrientation: Orientation
  private var clock: PresentationClock
  private var schedule: SamplingSchedule
  private var plan: DecodePlan
  /// Whether a packet did not say when it is presented, so that the order of the frames tells.
  private var lacksStamps = false
  /// Seconds on the container's clock at which the last packet was to be decoded.
  private var lastOrder: Double?
  private var isDraining = false
  /// Whether `packet` waits for the frames before it to come out, to begin anew.
  private var isTurning = false
  private var isFinished = false
  /// Thrown once the frames before it are delivered.
  private var pendingError: MediaError?
  private var lastTime: Double?
  private var isOversized = false
  private let progress: ReaderProgress
  private let history: PacketHistory?
  /// What is decoded only when a picture is due; nil where everything is decoded at once.
  private var waiting: WaitingPackets?
  private let stopwatch = ContinuousClock()
  private var decodeTime = Duration.zero
  /// Until when pictures may refer to a damaged one; a key frame ends that sooner.
  private var taintedUntil: Double?
  /// Streams that refresh their picture bit by bit never send a key frame: after this many seconds it is whole again.
  private static let longestTaint = 10.0

  /// - Parameters:
  ///   - section: of the same file, as another reader's `divide()` gave it; the whole otherwise.
  ///   - canceller: give one to be able to cancel while this call blocks.
  ///   - progress: give one to be able to look on while this call blocks.
  ///   - history: give one to have the last packets at hand.
  public init(
    _ location: Location, section: Section? = nil, options: ReaderOptions = ReaderOptions(),
    canceller: Canceller = Canceller(), progress: ReaderProgress = ReaderProgress(), history: PacketHistory? = nil
  ) throws(MediaError) {
    progress.enter()
    defer { progress.leave() }
    Redaction.remember(location)
    var isOpen = false
    defer { if !isOpen { Redaction.forget(location) } }
    let demuxer = try Demuxer(location, options: options, canceller: canceller)
    let stream = unsafe demuxer.stream
    let isLive = location.isNetwork && demuxer.duration == nil
    decoder = unsafe try Decoder(
      stream: stream, options: options, isPicture: demuxer.isPicture, isLive: isLive, location: location)
    guard let packet = unsafe av_packet_alloc(), let scratch = unsafe av_frame_alloc() else {
      throw MediaError(.library, "memory ran out while opening \(location)")
    }
    isOpen = true
    unsafe self.packet = packet
    unsafe self.scratch = scratch
    self.location = location
    self.section = section ?? .whole
    self.options = options
    self.demuxer = demuxer
    self.canceller = canceller
    self.progress = progress
    self.history = history
    unsafe history?.begin(stream)
    timeBase = av_q2d(unsafe stream.pointee.time_base)
    ignoresTimestamps = demuxer.flags & AVFMT_NOTIMESTAMPS != 0
    streamOrientation = unsafe Orientation(displayMatrix: unmask_stream_display_matrix(stream)) ?? .upright
    info = VideoInfo(
      demuxer: demuxer, codec: decoder.codec, isLive: isLive, orientation: streamOrientation)
    schedule = SamplingSchedule(options.sampling)
    plan = DecodePlan(options.sampling)
    let mayJump = isLive || demuxer.flags & AVFMT_TS_DISCONT != 0
    clock = PresentationClock(
      start: isLive ? nil : demuxer.startTime, frameDuration: 1 / (info.frameRate ?? 25),
      longestGap: mayJump ? 10 : .infinity)
    if isLive || options.decodesWhenDue, case .rate = options.sampling,
      unsafe stream.pointee.codecpar.pointee.video_delay == 0,
      let keyPicture = unsafe KeyPicture(stream.pointee.codecpar)
    {
      waiting = WaitingPackets(keyPicture: keyPicture, clock: clock, schedule: schedule)
    }
    if mayDivide { demuxer.loadIndex() }
    if let entry = section?.entry { try enter(at: entry) }
  }

  deinit {
    Redaction.forget(location)
    var packet: UnsafeMutablePointer<AVPacket>? = unsafe self.packet
    var scratch: UnsafeMutablePointer<AVFrame>? = unsafe self.scratch
    unsafe av_packet_free(&packet)
    unsafe av_frame_free(&scratch)
  }

  /// Whether the recording is long enough to be worth dividing, and can be.
  private var mayDivide: Bool {
    location.kind == .file && !info.isLive && !info.isStill && !ignoresTimestamps && waiting == nil
      && clock.longestGap == .infinity && options.limits.frames == .max
      && (info.duration ?? 0) >= 2 * Section.shortest
  }

  /// Goes to where the section begins.
  private func enter(at entry: Section.Entry) throws(MediaError) {
    canceller.arm(seconds: options.readTimeout)
    defer { canceller.disarm() }
    clock = PresentationClock(
      continuingAt: entry, frameDuration: clock.frameDuration, longestGap: clock.longestGap)
    lastTime = entry.order - entry.zero
    plan.skip(to: entry.order)
    try demuxer.seek(to: entry)
  }

  /// Cuts what is left of a long recording into sections. This reader goes on as that of the first one and ends with it;
  /// each of the others is for a reader of its own. Call it when the first frame is there.
  ///
  /// Files stay whole that a limit on their frames ends, whose index is missing or names more than there is, whose packets
  /// do not say when they are presented, or that may set their clock anew.
  /// - Returns: the others, in order.
  public func divide() -> [Section] {
    guard mayDivide, !lacksStamps, section == .whole, let zero = clock.stamp(at: 0), let lastTime,
      let duration = info.duration, demuxer.cutShort(lastTime: nil) == nil
    else { return [] }
    let sections = Section.division(
      at: demuxer.indexedKeys, zero: zero, after: lastTime, duration: duration, options.sampling)
    section = sections.first ?? .whole
    return Array(sections.dropFirst())
  }

  /// The next sampled frame; nil at a clean end. A file that is cut short delivers all its frames first and then throws
  /// `.truncated`, once. After an error or the end every further call returns nil.
  public func next() throws(MediaError) -> Frame? {
    canceller.arm(seconds: options.readTimeout)
    progress.enter()
    defer {
      canceller.disarm()
      progress.leave()
    }
    while !isFinished {
      switch timed({ unsafe decoder.receive(into: scratch) }) {
      case .frame:
        if counters.decoded >= options.limits.frames { try fail(tooManyFrames()) }
        if let frame = admit() { return frame }
        if canceller.isCancelled { try fail(MediaError(.cancelled, "reading \(location) was cancelled")) }
      case .end where isTurning: turn()
      case .needsInput where !isDraining: try feed()
      case .damaged where !isDraining: countUndecodable()
      case .needsInput, .damaged, .end: try finish()
      }
    }
    return nil
  }

  /// Gives the decoder one packet, or the news that none follows.
  private func feed() throws(MediaError) {
    if let due = waiting?.next() {
      if !timed({ unsafe decoder.send(due.base) }) { countUndecodable() }
      return
    }
    do throws(MediaError) {
      guard unsafe try demuxer.read(into: packet) else { return drain() }
    } catch {
      if error.code == .cancelled { try fail(error) }
      pendingError = error
      return drain()
    }
    defer { if !isTurning { unsafe av_packet_unref(packet) } }
    counters.packets += 1
    progress.notePacket()
    unsafe history?.add(packet)
    if info.isStill { FFmpegLog.forgetLastError() }
    canceller.arm(seconds: options.readTimeout)
    if waiting == nil, unsafe isBehindSection(packet) {
      endsWithSection = true
      drain()
    } else if waiting != nil {
      let stamp = unsafe packet.pointee.pts
      passOver(
        unsafe waiting?.add(
          packet, stamp: ignoresTimestamps || stamp == unmask_no_pts() ? nil : Double(stamp) * timeBase)
          ?? 0)
    } else if prepareDecoder(), !timed({ unsafe decoder.send(packet) }) {
      countUndecodable()
    }
  }

  /// Whether no frame of the section is decoded from this packet or a later one: frames are not shown before they are
  /// decoded.
  private func isBehindSection(_ packet: UnsafePointer<AVPacket>) -> Bool {
    let order = unsafe packet.pointee.dts
    guard section.end.isFinite, order != unmask_no_pts(), let end = clock.stamp(at: section.end) else { return false }
    return Double(order) * timeBase >= end
  }

  /// Counts frames that are never decoded, because none that is looked at needs them.
  private func passOver(_ count: Int) {
    counters.decoded += count
    counters.skipped += count
    for _ in 0..<count { progress.tell(isSampled: false, decodeSeconds: 0) }
  }

  /// Looks at the packet before it is decoded. False if it is not needed.
  private func prepareDecoder() -> Bool {
    let (stamp, order) = unsafe (packet.pointee.pts, packet.pointee.dts)
    let shown = stamp == unmask_no_pts() ? nil : Double(stamp) * timeBase
    if shown == nil { lacksStamps = true }
    let presented = shown.flatMap { clock.time(ahead: $0) }
    lastOrder = order == unmask_no_pts() ? nil : Double(order) * timeBase
    let isKey = unsafe packet.pointee.flags & AV_PKT_FLAG_KEY != 0
    let step = plan.step(
      presentedAt: presented, by: lastOrder.map { max($0, shown ?? $0) } ?? shown, isKey: isKey)
    decoder.leavesOutUnreferred(step == .decodeIfReferred)
    // What is there is not missing, wanted or not.
    if let presented { lastTime = max(lastTime ?? 0, presented + clock.frameDuration) }
    if step == .begin {
      isTurning = true
      decoder.drain()
    }
    return step == .decode || step == .decodeIfReferred
  }

  /// The frames before the waiting packet are out.
  private func turn() {
    isTurning = false
    decoder.begin()
    if !timed({ unsafe decoder.send(packet) }) { countUndecodable() }
    unsafe av_packet_unref(packet)
  }

  /// Passes over what lies before the next frame wanted, where the container's index names a key frame on the way.
  private func skipAhead(from time: Double) {
    guard let next = schedule.next, next - time > 1, let stamp = clock.stamp(at: next),
      let order = demuxer.keyFrame(before: stamp), let lastOrder, order > lastOrder
    else { return }
    plan.skip(to: order)
  }

  /// Adds the time that `work` takes to what the next frame cost.
  private func timed<R>(_ work: () -> R) -> R {
    let begin = stopwatch.now
    defer { decodeTime += stopwatch.now - begin }
    return work()
  }

  private func countUndecodable() {
    counters.undecodable += 1
    progress.noteDamage()
    taint()
    if FFmpegLog.lastError()?.contains("max pixel") == true { isOversized = true }
  }

  /// What follows is built upon damage, until a key frame.
  private func taint() { taintedUntil = (lastTime ?? 0) + Self.longestTaint }

  private func drain() {
    passOver(waiting?.finish() ?? 0)
    isDraining = true
    decoder.drain()
  }

  private func tooManyFrames() -> MediaError {
    unsafe av_frame_unref(scratch)
    return MediaError(
      .frameLimit, "\(location) has more than the \(options.limits.frames) frames allowed; the rest is not looked at")
  }

  private func fail(_ error: MediaError) throws(MediaError) {
    isFinished = true
    throw error
  }

  /// All frames are out: says whether that was the true end.
  private func finish() throws(MediaError) {
    isFinished = true
    if let pendingError { throw pendingError }
    if endsWithSection { return }
    if let error = demuxer.cutShort(lastTime: lastTime) { throw error }
    if info.isStill, counters.corrupt > 0 {
      throw MediaError(.truncated, "\(location) is cut short or damaged: only a part of the picture is there")
    }
    if info.isLive, location.kind == .rtsp {
      throw MediaError(.lost, "\(location) ended the stream")
    }
    if counters.decoded == 0, section.number == 0 {
      let detail = FFmpegLog.lastError()
      throw MediaError(
        isOversized || detail?.contains("max pixel") == true ? .tooLarge : .damaged,
        "no picture of \(location) could be decoded" + (detail.map { ": \($0)" } ?? ""))
    }
  }

  /// Decides about the frame in `scratch`; nil if it is not sampled.
  private func admit() -> Frame? {
    // Picture decoders fill what is missing with grey and only complain about it.
    if info.isStill, FFmpegLog.lastError() != nil { unsafe scratch.pointee.flags |= Int32(AV_FRAME_FLAG_CORRUPT) }
    let isCorrupt = unsafe unmask_frame_is_corrupt(scratch) != 0
    progress.noteFrame()
    let stamp = unsafe scratch.pointee.best_effort_timestamp
    let time = clock.time(
      ofFrameStamped: ignoresTimestamps || stamp == unmask_no_pts() ? nil : Double(stamp) * timeBase)
    lastTime = max(lastTime ?? 0, time + clock.frameDuration)
    if isCorrupt {
      taint()
    } else if unsafe unmask_frame_is_key(scratch) != 0 || taintedUntil.map({ time >= $0 }) == true {
      taintedUntil = nil
    }
    switch section.place(of: time, options.sampling) {
    case .before: return drop()
    case .within: break
    case .behind:
      endsWithSection = true
      isFinished = true
      return drop()
    }
    counters.decoded += 1
    if isCorrupt {
      counters.corrupt += 1
      progress.noteDamage()
    }
    let isSampled = schedule.takes(frameAt: time, isKey: unsafe unmask_frame_is_key(scratch) != 0)
    progress.tell(isSampled: isSampled, decodeSeconds: decodeTime / .seconds(1))
    decodeTime = .zero
    guard isSampled else {
      counters.skipped += 1
      return drop()
    }
    counters.sampled += 1
    skipAhead(from: time)
    let own = unsafe Orientation(displayMatrix: unmask_frame_display_matrix(scratch))
    var aspect = unsafe scratch.pointee.sample_aspect_ratio
    if aspect.num <= 0 { aspect = unsafe demuxer.stream.pointee.sample_aspect_ratio }
    let frame = unsafe Frame(
      taking: scratch, time: time, arrival: Self.now(), orientation: own ?? streamOrientation,
      pixelAspect: DisplayGeometry.pixelAspect(aspect), refersToDamage: taintedUntil != nil, section: section.number)
    if info.size != frame.size { info = info.with(size: frame.size, codedSize: frame.codedSize) }
    return frame
  }

  /// Lets go of the frame in `scratch`.
  private func drop() -> Frame? {
    unsafe av_frame_unref(scratch)
    return nil
  }

  private static func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
