import CFFmpeg

/// A packet that is kept: a reference to the demuxer's own memory.
///
/// Unchecked: nobody writes to the packet after `init`, and reference counts of its buffer are atomic.
@safe final class StoredPacket: @unchecked Sendable {
  let base: UnsafeMutablePointer<AVPacket>
  /// Its place on the history's clock, in ticks, and what was added to its own stamps there.
  let place: Int64
  let offset: Int64

  /// Nil when memory is out.
  init?(_ packet: UnsafePointer<AVPacket>, place: Int64, offset: Int64) {
    guard let copy = unsafe av_packet_clone(packet) else { return nil }
    unsafe base = copy
    self.place = place
    self.offset = offset
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = unsafe base
    unsafe av_packet_free(&packet)
  }

  var isKeyFrame: Bool { unsafe base.pointee.flags & AV_PKT_FLAG_KEY != 0 }

  var byteCount: Int { unsafe Int(base.pointee.size) }

  /// Its own stamps on the history's clock.
  var stamps: (decoding: Int64?, presentation: Int64?) {
    func placed(_ stamp: Int64) -> Int64? { stamp == unmask_no_pts() ? nil : stamp &+ offset }
    return unsafe (placed(base.pointee.dts), placed(base.pointee.pts))
  }
}

/// What a container must know of a video stream to hold its packets: a copy that outlives the demuxer.
///
/// Unchecked: nobody writes to the parameters after `init`.
@safe final class StoredFormat: @unchecked Sendable {
  let parameters: UnsafeMutablePointer<AVCodecParameters>
  let timeBase: AVRational
  let displayMatrix: [Int32]?

  /// Nil when memory is out.
  init?(_ stream: UnsafeMutablePointer<AVStream>) {
    guard let copy = unsafe avcodec_parameters_alloc() else { return nil }
    unsafe parameters = copy
    timeBase = unsafe stream.pointee.time_base
    displayMatrix = unsafe unmask_stream_display_matrix(stream).map { matrix in (0..<9).map { unsafe matrix[$0] } }
    guard unsafe avcodec_parameters_copy(copy, stream.pointee.codecpar) >= 0 else { return nil }
  }

  deinit {
    var parameters: UnsafeMutablePointer<AVCodecParameters>? = unsafe self.parameters
    unsafe avcodec_parameters_free(&parameters)
  }

  /// Whether MP4 can hold the codec; Matroska holds all others.
  var fitsMP4: Bool {
    guard let format = unsafe av_guess_format("mp4", nil, nil) else { return false }
    return unsafe avformat_query_codec(format, parameters.pointee.codec_id, FF_COMPLIANCE_NORMAL) == 1
  }
}
