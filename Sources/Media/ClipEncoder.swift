import CFFmpeg
import Glibc

/// Writes a video again as H.264 in MP4, to see what re-encoding does to the evidence in it. Sound is left out.
///
/// The decoder's own planes go to the encoder: nothing but the encoder, and the scaling where it is asked for, changes
/// them. Times, orientation, pixel shape and colour tags stay. One clip on one thread; blocks.
@safe public final class ClipEncoder {
  /// How strongly to compress.
  public struct Settings: Sendable, Hashable {
    /// libx264's constant rate factor, 0 (lossless) to 51.
    public var constantRateFactor: Int
    /// Factor for width and height; the sides are rounded to even numbers.
    public var scale: Double
    /// libx264's preset; the default is FFmpeg's.
    public var preset: String

    public init(constantRateFactor: Int, scale: Double = 1, preset: String = "medium") {
      self.constantRateFactor = constantRateFactor
      self.scale = scale
      self.preset = preset
    }
  }

  /// Reads a source to its end and writes it anew.
  /// - Parameter path: the file to write; one that is there is replaced.
  /// - Throws: `MediaError` when the source cannot be read to its end or the clip cannot be written.
  public static func transcode(_ location: Location, to path: String, _ settings: Settings) throws(MediaError) {
    let reader = try VideoReader(location)
    guard let first = try reader.next() else { throw MediaError(.damaged, "\(location) holds no picture") }
    let encoder = try ClipEncoder(path, like: first, rate: reader.info.frameRate, settings)
    try encoder.write(first)
    while let frame = try reader.next() { try encoder.write(frame) }
    try encoder.finish()
  }

  /// Times are told in units of 1/90000 s.
  private static let ticks = 90_000.0

  private let path: String
  private var output: UnsafeMutablePointer<AVFormatContext>?
  private var codec: UnsafeMutablePointer<AVCodecContext>?
  private var picture: UnsafeMutablePointer<AVFrame>?
  private var packet: UnsafeMutablePointer<AVPacket>?
  private var scaler: OpaquePointer?
  private var lastTick: Int64 = -1

  private init(_ path: String, like frame: Frame, rate: Double?, _ settings: Settings) throws(MediaError) {
    self.path = path
    unsafe codec = nil
    guard let encoder = unsafe avcodec_find_encoder_by_name("libx264") else {
      throw MediaError(.unsupported, "this FFmpeg cannot write H.264; install one with libx264")
    }
    unsafe avformat_alloc_output_context2(&output, nil, "mp4", nil)
    unsafe codec = avcodec_alloc_context3(encoder)
    unsafe picture = av_frame_alloc()
    unsafe packet = av_packet_alloc()
    guard let output = unsafe output, let codec = unsafe codec, let picture = unsafe picture, unsafe packet != nil,
      let stream = unsafe avformat_new_stream(output, nil)
    else { throw MediaError(.library, "memory ran out while writing \(path)") }
    unsafe frame.withPlanes { source in
      unsafe Self.shape(codec, like: source, settings.scale)
      unsafe picture.pointee.width = codec.pointee.width
      unsafe picture.pointee.height = codec.pointee.height
      unsafe picture.pointee.format = codec.pointee.pix_fmt.rawValue
      unsafe picture.pointee.colorspace = codec.pointee.colorspace
      unsafe picture.pointee.color_range = codec.pointee.color_range
    }
    unsafe codec.pointee.time_base = AVRational(num: 1, den: Int32(Self.ticks))
    if let rate { unsafe codec.pointee.framerate = av_d2q(rate, 100_000) }
    unsafe codec.pointee.thread_count = 1
    unsafe codec.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
    var options = OptionDictionary([("crf", "\(settings.constantRateFactor)"), ("preset", settings.preset)])
    let opened = unsafe options.consumed { unsafe avcodec_open2(codec, encoder, $0) }
    try check(opened)
    try check(unsafe avcodec_parameters_from_context(stream.pointee.codecpar, codec))
    unsafe stream.pointee.time_base = codec.pointee.time_base
    unsafe stream.pointee.sample_aspect_ratio = codec.pointee.sample_aspect_ratio
    if frame.orientation != .upright {
      let matrix = frame.orientation.displayMatrix
      let status = unsafe unmask_stream_set_display_matrix(stream, matrix)
      try check(status)
    }
    // A protocol by name, so that no part of the path is taken for one.
    try check(unsafe avio_open(&output.pointee.pb, "file:" + path, AVIO_FLAG_WRITE))
    try check(unsafe avformat_write_header(output, nil))
    try check(unsafe av_frame_get_buffer(picture, 0))
  }

  deinit {
    if let output = unsafe output {
      unsafe avio_closep(&output.pointee.pb)
      unsafe avformat_free_context(output)
    }
    unsafe avcodec_free_context(&codec)
    unsafe av_frame_free(&picture)
    unsafe av_packet_free(&packet)
    unsafe sws_freeContext(scaler)
  }

  private static func shape(
    _ codec: UnsafeMutablePointer<AVCodecContext>, like source: UnsafePointer<AVFrame>, _ scale: Double
  ) {
    func even(_ side: Int32) -> Int32 { max(2, Int32((Double(side) * scale / 2).rounded()) * 2) }
    unsafe codec.pointee.width = even(source.pointee.width)
    unsafe codec.pointee.height = even(source.pointee.height)
    unsafe codec.pointee.sample_aspect_ratio = source.pointee.sample_aspect_ratio
    unsafe codec.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    let isRGB = unsafe isRGB(source)
    unsafe codec.pointee.colorspace = isRGB ? AVCOL_SPC_SMPTE170M : source.pointee.colorspace
    unsafe codec.pointee.color_range = !isRGB && isFullRange(source) ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
    unsafe codec.pointee.color_primaries = source.pointee.color_primaries
    unsafe codec.pointee.color_trc = source.pointee.color_trc
  }

  /// Takes one frame in, and writes what the encoder has ready.
  private func write(_ frame: Frame) throws(MediaError) {
    guard let codec = unsafe codec, let picture = unsafe picture else { return }
    try check(unsafe av_frame_make_writable(picture))
    try check(unsafe frame.withPlanes { unsafe copy($0, into: picture) })
    lastTick = max(lastTick + 1, Int64((frame.time * Self.ticks).rounded()))
    unsafe picture.pointee.pts = lastTick
    try check(unsafe avcodec_send_frame(codec, picture))
    try drain()
  }

  /// Writes what the encoder holds back, and the index.
  private func finish() throws(MediaError) {
    guard let codec = unsafe codec, let output = unsafe output else { return }
    try check(unsafe avcodec_send_frame(codec, nil))
    try drain()
    try check(unsafe av_write_trailer(output))
    // Closing tells of a full disk.
    try check(unsafe avio_closep(&output.pointee.pb))
  }

  private func drain() throws(MediaError) {
    guard let codec = unsafe codec, let output = unsafe output, let packet = unsafe packet else { return }
    while true {
      let status = unsafe avcodec_receive_packet(codec, packet)
      if status == -EAGAIN || status == unmask_error_eof() { return }
      try check(status)
      unsafe av_packet_rescale_ts(packet, codec.pointee.time_base, output.pointee.streams[0]!.pointee.time_base)
      try check(unsafe av_interleaved_write_frame(output, packet))
    }
  }

  /// Scales a picture into `target`, keeping matrix and range unless it is RGB.
  private func copy(_ source: UnsafePointer<AVFrame>, into target: UnsafeMutablePointer<AVFrame>) -> Int32 {
    let format = unsafe AVPixelFormat(rawValue: source.pointee.format)
    unsafe scaler = unsafe sws_getCachedContext(
      scaler, source.pointee.width, source.pointee.height, format, target.pointee.width, target.pointee.height,
      AV_PIX_FMT_YUV420P, SWS_AREA | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP, nil, nil, nil)
    guard let scaler = unsafe scaler else { return -EINVAL }
    let matrix = unsafe unmask_sws_coefficients(Int32(target.pointee.colorspace.rawValue))
    let isRGB = unsafe Self.isRGB(source)
    unsafe sws_setColorspaceDetails(
      scaler, matrix, isRGB || Self.isFullRange(source) ? 1 : 0, matrix,
      target.pointee.color_range == AVCOL_RANGE_JPEG ? 1 : 0, 0, 1 << 16, 1 << 16)
    let rows = unsafe sws_scale_frame(scaler, target, source)
    return rows < 0 ? rows : 0
  }

  private static func isRGB(_ picture: UnsafePointer<AVFrame>) -> Bool {
    guard let described = unsafe av_pix_fmt_desc_get(AVPixelFormat(rawValue: picture.pointee.format)) else {
      return false
    }
    return unsafe described.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) != 0
  }

  private static func isFullRange(_ picture: UnsafePointer<AVFrame>) -> Bool {
    let format = unsafe AVPixelFormat(rawValue: picture.pointee.format)
    let range = unsafe picture.pointee.color_range
    let full = [AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P]
    return full.contains(format) || range == AVCOL_RANGE_JPEG
      || (format == AV_PIX_FMT_GRAY8 && range != AVCOL_RANGE_MPEG)
  }

  private func check(_ status: Int32) throws(MediaError) {
    guard status < 0 else { return }
    throw MediaError(.io, "\(path) cannot be written: \(MediaError.text(status))")
  }
}

extension Orientation {
  /// FFmpeg's display matrix for it: the inverse of `init(a:b:c:d:)`.
  var displayMatrix: [Int32] {
    let x: Int32 = mirrorsX ? -(1 << 16) : 1 << 16
    let y: Int32 = mirrorsY ? -(1 << 16) : 1 << 16
    return swapsAxes ? [0, x, 0, y, 0, 0, 0, 0, 1 << 30] : [x, 0, 0, 0, y, 0, 0, 0, 1 << 30]
  }
}
