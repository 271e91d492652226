import CFFmpeg
import Glibc

/// Puts packets into a container as they are: nothing is encoded anew. MP4 where the codec allows, with its index in
/// front so that it plays while it loads, else Matroska.
enum ClipFile {
  /// The file in memory; its packets are few megabytes.
  static func bytes(
    of packets: [StoredPacket], _ format: StoredFormat, step: Int64
  ) throws(MediaError) -> [UInt8] {
    _ = FFmpegLog.silenced
    FFmpegLog.forgetLastError()
    let isMP4 = format.fitsMP4
    var context: UnsafeMutablePointer<AVFormatContext>?
    unsafe avformat_alloc_output_context2(&context, nil, isMP4 ? "mp4" : "matroska", nil)
    guard let output = unsafe context, let stream = unsafe avformat_new_stream(output, nil) else {
      throw MediaError(.library, "memory ran out for a clip")
    }
    defer { unsafe avformat_free_context(output) }
    try check(unsafe avcodec_parameters_copy(stream.pointee.codecpar, format.parameters))
    // The source's own tag may mean nothing in this container; players of Apple want HEVC by this name.
    let isHEVC = unsafe format.parameters.pointee.codec_id == AV_CODEC_ID_HEVC
    unsafe stream.pointee.codecpar.pointee.codec_tag = isMP4 && isHEVC ? tag("hvc1") : 0
    unsafe stream.pointee.time_base = format.timeBase
    if let matrix = format.displayMatrix { try check(unsafe unmask_stream_set_display_matrix(stream, matrix)) }
    try check(unsafe avio_open_dyn_buf(&output.pointee.pb))
    // Whatever happens, the buffer is closed and freed.
    var written: Result<Void, MediaError> = .success(())
    do throws(MediaError) {
      unsafe try write(packets, to: output, stream, format.timeBase, isMP4: isMP4, step: step)
    } catch {
      written = .failure(error)
    }
    var memory: UnsafeMutablePointer<UInt8>?
    let count = unsafe avio_close_dyn_buf(output.pointee.pb, &memory)
    unsafe output.pointee.pb = nil
    defer { unsafe av_free(memory) }
    try written.get()
    return unsafe Array(UnsafeBufferPointer(start: memory, count: Int(count)))
  }

  private static func write(
    _ packets: [StoredPacket], to output: UnsafeMutablePointer<AVFormatContext>,
    _ stream: UnsafeMutablePointer<AVStream>, _ timeBase: AVRational, isMP4: Bool, step: Int64
  ) throws(MediaError) {
    // Room for the index in front: some forty bytes for each packet, and the description of the stream.
    var options = OptionDictionary(isMP4 ? [("moov_size", "\(64 * packets.count + 16_384)")] : [])
    try check(unsafe options.consumed { unsafe avformat_write_header(output, $0) })
    guard let packet = unsafe av_packet_alloc() else { throw MediaError(.library, "memory ran out for a clip") }
    var freed: UnsafeMutablePointer<AVPacket>? = unsafe packet
    defer { unsafe av_packet_free(&freed) }
    for (stored, stamps) in zip(packets, PacketStamps.fit(packets.map(\.stamps), step: step)) {
      try check(unsafe av_packet_ref(packet, stored.base))
      unsafe packet.pointee.stream_index = 0
      unsafe packet.pointee.dts = stamps.decoding
      unsafe packet.pointee.pts = stamps.presentation
      // Without it the last picture would be shown for no time, which players take for not at all.
      unsafe packet.pointee.duration = step
      unsafe packet.pointee.pos = -1
      unsafe av_packet_rescale_ts(packet, timeBase, stream.pointee.time_base)
      let status = unsafe av_write_frame(output, packet)
      unsafe av_packet_unref(packet)
      try check(status)
    }
    try check(unsafe av_write_trailer(output))
  }

  private static func tag(_ letters: StaticString) -> UInt32 {
    letters.withUTF8Buffer { bytes in
      unsafe bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
  }

  private static func check(_ status: Int32) throws(MediaError) {
    guard status < 0 else { return }
    throw MediaError(.io, "a clip cannot be put together: \(FFmpegLog.lastError() ?? MediaError.text(status))")
  }
}
