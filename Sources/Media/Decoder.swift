import CFFmpeg
import Glibc

/// A video decoder: packets in, frames out. Waiting for input and the end are answers, not errors.
@safe final class Decoder {
  enum Received { case frame, needsInput, end, damaged }

  private var context: UnsafeMutablePointer<AVCodecContext>?
  let codec: String
  private let usualDiscard: AVDiscard

  init(
    stream: UnsafeMutablePointer<AVStream>, options: ReaderOptions, isPicture: Bool, isLive: Bool,
    location: Location
  ) throws(MediaError) {
    guard let parameters = unsafe stream.pointee.codecpar,
      let decoder = unsafe avcodec_find_decoder(parameters.pointee.codec_id),
      let context = unsafe avcodec_alloc_context3(decoder)
    else { throw MediaError(.library, "memory ran out while opening the decoder for \(location)") }
    codec = unsafe String(cString: avcodec_get_name(parameters.pointee.codec_id))
    unsafe self.context = context
    unsafe avcodec_parameters_to_context(context, parameters)
    unsafe context.pointee.pkt_timebase = stream.pointee.time_base
    unsafe context.pointee.max_pixels = Int64(options.limits.pixels(isStill: isPicture))
    unsafe context.pointee.thread_count = Int32(clamping: max(options.decoderThreads, 0))
    // Frame threads would hold a live picture back by one frame each.
    unsafe context.pointee.thread_type = isLive ? FF_THREAD_SLICE : FF_THREAD_FRAME | FF_THREAD_SLICE
    usualDiscard = options.sampling == .keyFrames ? AVDISCARD_NONKEY : AVDISCARD_DEFAULT
    unsafe context.pointee.skip_frame = usualDiscard
    let status = unsafe avcodec_open2(context, decoder, nil)
    guard status >= 0 else {
      throw MediaError(.unsupported, "\(location): the \(codec) decoder refuses it: \(MediaError.text(status))")
    }
  }

  deinit { unsafe avcodec_free_context(&context) }

  /// False if the packet is beyond repair. The packet stays the caller's.
  func send(_ packet: UnsafePointer<AVPacket>) -> Bool {
    let status = unsafe avcodec_send_packet(context, packet)
    return status >= 0 || status == -EAGAIN || status == unmask_error_eof()
  }

  /// Whether frames that no other refers to are left out, from the next packet on.
  func leavesOutUnreferred(_ isWanted: Bool) {
    unsafe context?.pointee.skip_frame = isWanted && tellsReferences ? AVDISCARD_NONREF : usualDiscard
  }

  /// Whether a frame of this codec says for certain that no other refers to it. In HEVC it only says so of frames of its
  /// own layer.
  private var tellsReferences: Bool { ["h264", "mpeg2video", "mpeg1video"].contains(codec) }

  /// Forgets what came before and goes on after draining: the next packet is a key frame that does not follow it.
  func begin() { unsafe avcodec_flush_buffers(context) }

  /// Says that no packet follows: the frames still inside come out.
  func drain() { unsafe avcodec_send_packet(context, nil) }

  func receive(into frame: UnsafeMutablePointer<AVFrame>) -> Received {
    let status = unsafe avcodec_receive_frame(context, frame)
    if status >= 0 { return .frame }
    if status == -EAGAIN { return .needsInput }
    return status == unmask_error_eof() ? .end : .damaged
  }
}
