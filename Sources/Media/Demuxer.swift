import CFFmpeg
import Glibc

/// An open container: recognised, its video stream chosen. Owns FFmpeg's format context and, for files, the descriptor.
@safe final class Demuxer {
  let location: Location
  private let canceller: Canceller
  private var context: UnsafeMutablePointer<AVFormatContext>?
  private var input: UnsafeMutablePointer<AVIOContext>?
  private(set) var streamIndex: Int32 = -1
  /// Streams and codec as they were found at first.
  private var streamCount: Int32 = 0
  private var codec = AV_CODEC_ID_NONE
  private let readTimeout: Double

  init(_ location: Location, options: ReaderOptions, canceller: Canceller) throws(MediaError) {
    self.location = location
    self.canceller = canceller
    readTimeout = options.readTimeout
    _ = FFmpegLog.silenced
    FFmpegLog.forgetLastError()
    canceller.arm(seconds: options.openTimeout)
    defer { canceller.disarm() }
    try open(options)
    try findStreams(options)
    try chooseStream(options.limits)
  }

  deinit {
    // A camera that is told goodbye frees its session at once; one that does not listen gets no more than a second.
    canceller.allowClosing(seconds: 1)
    unsafe avformat_close_input(&context)
    unsafe unmask_io_free(&input)
  }

  // The context is set for as long as the object lives, once `open` has returned.
  private var format: UnsafeMutablePointer<AVFormatContext> { unsafe context! }

  var stream: UnsafeMutablePointer<AVStream> { unsafe format.pointee.streams[Int(streamIndex)]! }

  /// FFmpeg's name of the container.
  var container: String { unsafe String(cString: format.pointee.iformat.pointee.name) }

  /// Whether the format holds one picture.
  var isPicture: Bool { container.hasSuffix("_pipe") }

  var flags: Int32 { unsafe format.pointee.iformat.pointee.flags }

  /// Seconds; nil where the container does not say.
  var duration: Double? {
    let duration = unsafe format.pointee.duration
    return duration == unmask_no_pts() || duration <= 0 ? nil : Double(duration) / Double(AV_TIME_BASE)
  }

  /// Seconds on the container's own clock at which it begins.
  var startTime: Double? {
    let start = unsafe format.pointee.start_time
    return start == unmask_no_pts() ? nil : Double(start) / Double(AV_TIME_BASE)
  }

  /// Reads the next packet of the video stream into `packet`. False at the end.
  func read(into packet: UnsafeMutablePointer<AVPacket>) throws(MediaError) -> Bool {
    var failures = 0
    while true {
      let status = unsafe av_read_frame(format, packet)
      // At the deadline FFmpeg gives out what its parser still holds, and would then wait anew.
      if status >= 0, canceller.state == .expired {
        unsafe av_packet_unref(packet)
        throw readFailure(-ETIMEDOUT)
      }
      if status >= 0 {
        let isOurs = unsafe packet.pointee.stream_index == streamIndex
        if isOurs, unsafe stream.pointee.codecpar.pointee.codec_id == codec { return true }
        let isNew = unsafe packet.pointee.stream_index >= streamCount && isVideo(packet.pointee.stream_index)
        unsafe av_packet_unref(packet)
        if isOurs || isNew {
          throw MediaError(.formatChanged, "\(location) goes on in another format; it has to be opened again")
        }
        continue
      }
      if status == unmask_error_eof() { return false }
      if status == -EAGAIN, !canceller.interrupts() {
        usleep(5_000)
        continue
      }
      // A container may be sound again behind a damaged place.
      failures += 1
      if status == unmask_error_invalid_data(), failures < 100, !canceller.interrupts() { continue }
      throw readFailure(status)
    }
  }

  /// Where decoding may begin to reach what is presented at `stamp`, seconds on the container's clock: the order of
  /// decoding, on the same clock, of the last key frame that surely comes before. Nil where the container has no index.
  func keyFrame(before stamp: Double) -> Double? {
    let base = av_q2d(unsafe stream.pointee.time_base)
    guard base > 0, abs(stamp / base) < 9e18 else { return nil }
    // A frame is decoded up to some frames before it is presented, never a second.
    let index = unsafe av_index_search_timestamp(stream, Int64((stamp - 1) / base), AVSEEK_FLAG_BACKWARD)
    guard index >= 0, let entry = unsafe avformat_index_get_entry(stream, index) else { return nil }
    return unsafe Double(entry.pointee.timestamp) * base
  }

  /// The key frames that the container's index names, in its order.
  var indexedKeys: some Sequence<Section.IndexedKey> {
    let base = av_q2d(unsafe stream.pointee.time_base)
    let count = unsafe avformat_index_get_entries_count(stream)
    return (0..<count).lazy.compactMap { [self] index in
      guard let entry = unsafe avformat_index_get_entry(stream, index),
        unsafe entry.pointee.flags & AVINDEX_KEYFRAME != 0
      else { return nil }
      return unsafe Section.IndexedKey(order: Double(entry.pointee.timestamp) * base, position: entry.pointee.pos)
    }
  }

  /// Has an index read that lies at the end of the file, as Matroska's does. Call before the first packet is read: it
  /// goes back to the beginning.
  func loadIndex() {
    guard container.hasPrefix("matroska") else { return }
    unsafe av_seek_frame(format, streamIndex, 0, AVSEEK_FLAG_BACKWARD)
  }

  /// Goes to a key frame of the index; the next packet is that frame or lies before it.
  func seek(to entry: Section.Entry) throws(MediaError) {
    let base = av_q2d(unsafe stream.pointee.time_base)
    let status = unsafe av_seek_frame(
      format, streamIndex, Int64((entry.order / base).rounded()), AVSEEK_FLAG_BACKWARD)
    guard status >= 0 else {
      throw MediaError(
        .damaged,
        "\(location) is damaged: its index names a key frame at \(Self.tenths(entry.order - entry.zero)) s that cannot be reached"
      )
    }
  }

  private func isVideo(_ index: Int32) -> Bool {
    unsafe format.pointee.streams[Int(index)]?.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
  }

  /// What it means that reading ended with `status`.
  private func readFailure(_ status: Int32) -> MediaError {
    if canceller.isCancelled { return MediaError(.cancelled, "reading \(location) was cancelled") }
    if canceller.state == .expired || status == -ETIMEDOUT {
      return MediaError(.noPackets, "no video arrived from \(location) within \(MediaError.seconds(readTimeout))")
    }
    if location.isNetwork {
      return MediaError(.lost, "\(location) stopped delivering: \(FFmpegLog.lastError() ?? MediaError.text(status))")
    }
    if status == unmask_error_invalid_data() || status == -EIO {
      return cutShort(lastTime: nil)
        ?? MediaError(.damaged, "\(location) is damaged: \(FFmpegLog.lastError() ?? MediaError.text(status))")
    }
    return MediaError(.io, "\(location) cannot be read on: \(MediaError.text(status))")
  }

  /// An error if the container promises more than the file holds. `lastTime` is where the video read so far ends.
  func cutShort(lastTime: Double?) -> MediaError? {
    guard location.kind == .file, let input = unsafe input else { return nil }
    let size = unsafe avio_size(input)
    let promised = unsafe unmask_stream_index_end(stream)
    if size > 0, promised > size {
      return MediaError(
        .truncated, "\(location) is cut short: its index goes to byte \(promised), the file has \(size)")
    }
    // Matroska, FLV and others have no complete index but tell the duration. Sound may run on behind the pictures, so
    // a small difference says nothing.
    guard unsafe format.pointee.duration_estimation_method == AVFMT_DURATION_FROM_STREAM, let lastTime,
      let duration = videoDuration, lastTime < duration - max(1, duration * 0.02)
    else { return nil }
    return MediaError(
      .truncated, "\(location) is cut short: \(Self.tenths(lastTime)) of its \(Self.tenths(duration)) s are there")
  }

  private static func tenths(_ seconds: Double) -> Double { (seconds * 10).rounded() / 10 }

  /// The video stream's own duration if it tells one, else the container's if it holds nothing but video.
  private var videoDuration: Double? {
    let ticks = unsafe stream.pointee.duration
    if ticks > 0, ticks != unmask_no_pts() { return Double(ticks) * av_q2d(unsafe stream.pointee.time_base) }
    return duration
  }
}

// Opening

extension Demuxer {
  private func open(_ options: ReaderOptions) throws(MediaError) {
    var format: UnsafePointer<AVInputFormat>?
    var url = location.address
    var dictionary = OptionDictionary(Self.dictionary(for: location, options))
    guard let context = unsafe avformat_alloc_context() else {
      throw MediaError(.library, "memory ran out while opening \(location)")
    }
    unsafe canceller.attach(to: context)
    unsafe context.pointee.max_streams = Int32(clamping: options.limits.streams)
    unsafe self.context = context
    switch location.kind {
    case .file, .standardInput:
      let input = unsafe try openDescriptor()
      unsafe context.pointee.pb = input
      // Closing must leave the input alone, also when it fails before FFmpeg has noticed whose input it is.
      unsafe context.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
      unsafe unmask_deny_nested_opens(context)
      unsafe format = try probe(input, options)
      url = ""
    case .imageSequence:
      unsafe format = unsafe av_find_input_format("image2")
      url = "file:" + url
    case .rtsp:
      unsafe format = unsafe av_find_input_format("rtsp")
    case .http, .hls:
      break
    case .unsupported:
      throw MediaError(.badLocation, "\(location) is of a kind that is not read: use a path, rtsp:// or http(s)://")
    }
    // On failure it frees the context and sets it to nil.
    let status = unsafe dictionary.consumed { dictionary in
      unsafe avformat_open_input(&self.context, PathText.cString(of: url), unsafe format, dictionary)
    }
    guard status >= 0 else { throw openFailure(status, options) }
    let unknown = dictionary.leftOver
    guard unknown.isEmpty else {
      throw MediaError(
        .library, "this FFmpeg does not know the option \(unknown.joined(separator: ", ")) needed for \(location)")
    }
  }

  private static func dictionary(for location: Location, _ options: ReaderOptions) -> [(String, String)] {
    let limits = options.limits
    var entries = [
      ("format_whitelist", FormatRules.formats(for: location.kind).joined(separator: ",")),
      ("probesize", String(max(limits.probeBytes, 32))),
      ("formatprobesize", String(max(limits.probeBytes, 32))),
      ("analyzeduration", String(Int(max(limits.probeSeconds, 0) * 1_000_000))),
    ]
    let protocols = FormatRules.protocols(for: location.kind)
    entries.append(("protocol_whitelist", protocols.isEmpty ? "none" : protocols.joined(separator: ",")))
    let microseconds = String(Int(min(max(options.readTimeout, 0.001), 1e6) * 1_000_000))
    switch location.kind {
    case .rtsp:
      entries += [
        ("rtsp_transport", options.transport.rawValue), ("timeout", microseconds), ("allowed_media_types", "video"),
        // Enough to guess the rate; more would only delay the first picture.
        ("fpsprobesize", "3"),
      ]
    case .http, .hls:
      entries.append(("rw_timeout", microseconds))
    case .imageSequence:
      entries += [
        ("pattern_type", "sequence"), ("framerate", String(max(options.sequenceRate, 1))),
        ("start_number", String(NumberedPattern(location.address)?.firstNumber() ?? 0)),
      ]
    case .file, .standardInput, .unsupported:
      break
    }
    return entries
  }

  private func openFailure(_ status: Int32, _ options: ReaderOptions) -> MediaError {
    MediaError.status(status, opening: location, canceller: canceller, timeout: options.openTimeout)
  }

  private func openDescriptor() throws(MediaError) -> UnsafeMutablePointer<AVIOContext> {
    var descriptor: Int32 = 0
    var seekable = false
    if location.kind == .file {
      guard !location.address.utf8.contains(0) else {
        throw MediaError(.badLocation, "the path \(location) holds a zero byte")
      }
      // O_NONBLOCK keeps a named pipe without a writer from blocking here; regular files do not mind.
      descriptor = unsafe Glibc.open(PathText.cString(of: location.address), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      guard descriptor >= 0 else {
        throw MediaError.status(-errno, opening: location, canceller: canceller, timeout: 0)
      }
      var status = stat()
      let failed = unsafe fstat(descriptor, &status) != 0
      let kind = status.st_mode & S_IFMT
      if !failed, kind == S_IFIFO {
        guard let input = unsafe canceller.input(from: descriptor, seekable: false) else {
          throw MediaError(.library, "memory ran out while opening \(location)")
        }
        unsafe self.input = unsafe input
        return unsafe input
      }
      guard !failed, kind == S_IFREG, status.st_size > 0 else {
        close(descriptor)
        if kind == S_IFDIR { throw MediaError(.notMedia, "\(location) is a directory") }
        if kind == S_IFREG { throw MediaError(.notMedia, "\(location) is empty (zero bytes)") }
        throw MediaError(.badLocation, "\(location) is neither a regular file nor a named pipe")
      }
      seekable = true
    }
    guard let input = unsafe canceller.input(from: descriptor, seekable: seekable) else {
      throw MediaError(.library, "memory ran out while opening \(location)")
    }
    unsafe self.input = unsafe input
    return unsafe input
  }

  /// Recognises the format by content alone; names and endings do not count.
  private func probe(
    _ input: UnsafeMutablePointer<AVIOContext>, _ options: ReaderOptions
  ) throws(MediaError) -> UnsafePointer<AVInputFormat> {
    var found: UnsafePointer<AVInputFormat>?
    let status = unsafe av_probe_input_buffer2(input, &found, "", nil, 0, UInt32(clamping: options.limits.probeBytes))
    if canceller.interrupts() {
      if canceller.state == .expired {
        throw MediaError(
          .noPackets, "nobody wrote into \(location) within \(MediaError.seconds(options.openTimeout))")
      }
      throw MediaError.status(unmask_error_exit(), opening: location, canceller: canceller, timeout: 0)
    }
    guard status >= 0, let format = unsafe found else {
      throw MediaError(.notMedia, "\(location) is not a video or picture of a known format")
    }
    let name = unsafe String(cString: format.pointee.name)
    if FormatRules.allows(name, for: location.kind) { return unsafe format }
    if FormatRules.isPlaylist(name) {
      throw MediaError(.notMedia, "\(location) is a playlist (\(name)), and playlists on disk are not followed")
    }
    throw MediaError(.notMedia, "\(location) is not a video or picture of a known format (it looks like \(name))")
  }

  private func findStreams(_ options: ReaderOptions) throws(MediaError) {
    let count = Int(unsafe format.pointee.nb_streams)
    // Decoders that only look at a stream obey the limit as well.
    let dictionaries = UnsafeMutablePointer<OpaquePointer?>.allocate(capacity: max(count, 1))
    for index in 0..<count {
      unsafe dictionaries[index] = nil
      unsafe av_dict_set(dictionaries + index, "max_pixels", String(options.limits.pixels(isStill: isPicture)), 0)
      unsafe av_dict_set(dictionaries + index, "threads", "1", 0)
    }
    defer {
      for index in 0..<count { unsafe av_dict_free(dictionaries + index) }
      unsafe dictionaries.deallocate()
    }
    let status = unsafe avformat_find_stream_info(format, dictionaries)
    if location.isNetwork, canceller.interrupts(), canceller.state == .expired {
      throw MediaError(
        .noPackets, "\(location) answered, but sent no video within \(MediaError.seconds(options.openTimeout))")
    }
    guard status >= 0, !canceller.interrupts() else { throw openFailure(status, options) }
  }

  private func chooseStream(_ limits: ReaderOptions.Limits) throws(MediaError) {
    let most = limits.pixels(isStill: isPicture)
    var best: (index: Int32, rank: (Int, Int))?
    var undecodable: String?
    var hasCover = false
    var oversized: PixelSize?
    for index in 0..<Int(unsafe format.pointee.nb_streams) {
      guard let stream = unsafe format.pointee.streams[index], let parameters = unsafe stream.pointee.codecpar,
        unsafe parameters.pointee.codec_type == AVMEDIA_TYPE_VIDEO
      else { continue }
      if unsafe stream.pointee.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS) != 0 {
        hasCover = true
        continue
      }
      guard unsafe avcodec_find_decoder(parameters.pointee.codec_id) != nil else {
        undecodable = unsafe String(cString: avcodec_get_name(parameters.pointee.codec_id))
        continue
      }
      let size = unsafe PixelSize(width: Int(parameters.pointee.width), height: Int(parameters.pointee.height))
      if size.pixels > most {
        oversized = size
        continue
      }
      let isDefault = unsafe stream.pointee.disposition & AV_DISPOSITION_DEFAULT != 0 ? 1 : 0
      let rank = (isDefault, size.pixels)
      if best == nil || best!.rank < rank { best = (Int32(index), rank) }
    }
    for index in 0..<Int(unsafe format.pointee.nb_streams) {
      unsafe format.pointee.streams[index]?.pointee.discard =
        index == best.map { Int($0.index) } ? AVDISCARD_DEFAULT : AVDISCARD_ALL
    }
    if let best {
      streamIndex = best.index
      streamCount = Int32(unsafe format.pointee.nb_streams)
      codec = unsafe stream.pointee.codecpar.pointee.codec_id
    } else if let oversized {
      throw MediaError(
        .tooLarge, "\(location) has pictures of \(oversized), more than the limit of \(most) pixels")
    } else if let undecodable {
      throw MediaError(.unsupported, "\(location) holds \(undecodable) video, which this FFmpeg cannot decode")
    } else if hasCover {
      throw MediaError(.noVideo, "\(location) holds no video, only sound with a cover picture")
    } else {
      throw MediaError(.noVideo, "\(location) holds no video, only other streams")
    }
  }
}
