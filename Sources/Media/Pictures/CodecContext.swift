import CFFmpeg
import Glibc

/// The sole owner of an open encoder or decoder.
@safe final class CodecContext {
  private(set) var base: UnsafeMutablePointer<AVCodecContext>

  /// Opens the decoder of a codec, on the calling thread and with the usual limit on pixels.
  init(decoder id: AVCodecID) throws(MediaError) {
    _ = FFmpegLog.silenced
    guard let codec = unsafe avcodec_find_decoder(id), let context = unsafe avcodec_alloc_context3(codec) else {
      throw MediaError(.unsupported, unsafe "this FFmpeg cannot decode \(String(cString: avcodec_get_name(id)))")
    }
    unsafe base = context
    unsafe context.pointee.thread_count = 1
    unsafe context.pointee.max_pixels = Int64(ReaderOptions.Limits().pixels)
    try check(unsafe avcodec_open2(context, codec, nil), "open the decoder")
  }

  /// Opens an encoder by name.
  /// - Parameters:
  ///   - options: the encoder's private options.
  ///   - configure: sets the size, the pixel format and the like before it opens.
  init(
    encoder name: String, _ size: PixelSize, options: [(String, String)] = [],
    configure: (UnsafeMutablePointer<AVCodecContext>) -> Void
  ) throws(MediaError) {
    _ = FFmpegLog.silenced
    guard let codec = unsafe avcodec_find_encoder_by_name(name), let context = unsafe avcodec_alloc_context3(codec)
    else {
      throw MediaError(
        .unsupported, "this FFmpeg has no encoder \(name); install one that has (Debian's libavcodec59 has it)")
    }
    unsafe base = context
    unsafe context.pointee.width = Int32(clamping: size.width)
    unsafe context.pointee.height = Int32(clamping: size.height)
    unsafe context.pointee.time_base = AVRational(num: 1, den: 25)
    unsafe context.pointee.framerate = AVRational(num: 25, den: 1)
    unsafe context.pointee.thread_count = 1
    unsafe configure(context)
    FFmpegLog.forgetLastError()
    var dictionary = OptionDictionary(options)
    let status = unsafe dictionary.consumed { unsafe avcodec_open2(context, codec, $0) }
    try check(status, "open the encoder \(name) for \(size) pixels")
    guard dictionary.leftOver.isEmpty else {
      throw MediaError(.library, "the encoder \(name) does not know the options \(dictionary.leftOver)")
    }
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = unsafe base
    unsafe avcodec_free_context(&context)
  }

  /// Gives the encoder a frame, or nil for the end, and takes out what packets are ready.
  func encode(_ frame: UnsafePointer<AVFrame>?, into packets: inout [Packet]) throws(MediaError) {
    try check(unsafe avcodec_send_frame(base, frame), "encode a picture")
    while true {
      let packet = try Packet()
      let status = unsafe avcodec_receive_packet(base, packet.base)
      if status == -EAGAIN || status == unmask_error_eof() { return }
      try check(status, "encode a picture")
      packets.append(packet)
    }
  }

  private func check(_ status: Int32, _ what: String) throws(MediaError) {
    guard status < 0 else { return }
    throw MediaError(.library, "FFmpeg could not \(what): \(FFmpegLog.lastError() ?? MediaError.text(status))")
  }
}

/// The sole owner of one packet.
@safe final class Packet {
  let base: UnsafeMutablePointer<AVPacket>

  init() throws(MediaError) {
    guard let packet = unsafe av_packet_alloc() else { throw MediaError(.library, "memory ran out for a packet") }
    unsafe base = packet
  }

  /// A copy of `bytes`, padded as decoders want it.
  convenience init(_ bytes: [UInt8]) throws(MediaError) {
    try self.init()
    guard let size = Int32(exactly: bytes.count), unsafe av_new_packet(base, size) >= 0 else {
      throw MediaError(.library, "memory ran out for a packet of \(bytes.count) bytes")
    }
    unsafe bytes.withUnsafeBufferPointer { source in
      if let first = source.baseAddress { unsafe base.pointee.data.update(from: first, count: bytes.count) }
    }
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = unsafe base
    unsafe av_packet_free(&packet)
  }

  var bytes: [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: base.pointee.data, count: Int(base.pointee.size)))
  }
}

/// The sole owner of one frame that is not sampled from a source.
@safe final class RawFrame {
  let base: UnsafeMutablePointer<AVFrame>

  init() throws(MediaError) {
    guard let frame = unsafe av_frame_alloc() else { throw MediaError(.library, "memory ran out for a frame") }
    unsafe base = frame
  }

  /// With room for a picture.
  convenience init(_ size: PixelSize, _ format: AVPixelFormat) throws(MediaError) {
    try self.init()
    unsafe base.pointee.width = Int32(clamping: size.width)
    unsafe base.pointee.height = Int32(clamping: size.height)
    unsafe base.pointee.format = format.rawValue
    guard unsafe av_frame_get_buffer(base, 0) >= 0 else {
      throw MediaError(.library, "memory ran out for a picture of \(size)")
    }
  }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = unsafe base
    unsafe av_frame_free(&frame)
  }
}
