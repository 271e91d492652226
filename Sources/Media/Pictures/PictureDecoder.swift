import CFFmpeg

/// Decodes JPEG and PNG from memory, and keeps what it needs from picture to picture. One serves one thread.
@safe public final class PictureDecoder {
  private var contexts: [UInt32: CodecContext] = [:]
  private let sampler = FrameSampler()

  public init() {}

  /// The picture in `bytes`, which begin with the signature of JPEG or PNG. Orientation tags are not followed.
  ///
  /// - Throws: `MediaError`: another format, damaged, or too large.
  public func picture(from bytes: [UInt8]) throws(MediaError) -> Picture {
    let codec: AVCodecID
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      codec = AV_CODEC_ID_MJPEG
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      codec = AV_CODEC_ID_PNG
    } else {
      throw MediaError(.notMedia, "\(bytes.count) bytes in memory are neither a JPEG nor a PNG picture")
    }
    let context: CodecContext
    if let kept = contexts[codec.rawValue] { context = kept } else { context = try CodecContext(decoder: codec) }
    contexts[codec.rawValue] = context
    FFmpegLog.forgetLastError()
    let packet = try Packet(bytes)
    let frame = try RawFrame()
    var status = unsafe avcodec_send_packet(context.base, packet.base)
    if status >= 0 { status = unsafe avcodec_receive_frame(context.base, frame.base) }
    let complaint = FFmpegLog.lastError()
    // Picture decoders fill what is missing with grey and only complain about it.
    guard status >= 0, complaint == nil, unsafe unmask_frame_is_corrupt(frame.base) == 0 else {
      // What a failed picture left inside must not come out with the next one.
      contexts[codec.rawValue] = nil
      throw MediaError(
        .damaged, "a picture of \(bytes.count) bytes in memory is damaged: \(complaint ?? MediaError.text(status))")
    }
    return Picture(
      unsafe Frame(taking: frame.base, time: 0, arrival: 0, orientation: .upright, pixelAspect: 1), sampler: sampler)
  }
}

extension Picture {
  /// Decodes a JPEG or PNG in memory; a `PictureDecoder` is quicker for many.
  public init(decoding bytes: [UInt8]) throws(MediaError) {
    self = try PictureDecoder().picture(from: bytes)
  }
}
