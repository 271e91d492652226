import CFFmpeg
import Glibc

/// What H.264 leaves of pictures: they are encoded with x264 as consecutive frames, a key frame and predicted ones, and
/// decoded again.
public struct H264RoundTrip: Sendable, Hashable {
  /// x264's constant rate factor: 0 is best, 51 worst, 23 usual.
  public var constantRateFactor: Double
  /// x264's preset, from `ultrafast` to `veryslow`.
  public var preset = "veryfast"
  /// Frames predicted from both sides, between the others; they cost delay and time.
  public var bidirectionalFrames = 0

  public init(constantRateFactor: Double) { self.constantRateFactor = constantRateFactor }

  /// Whether this FFmpeg has the encoder.
  public static var isAvailable: Bool { unsafe avcodec_find_encoder_by_name("libx264") != nil }

  /// The pictures as a viewer of the encoded film sees them, in the same order and of the same size.
  ///
  /// - Precondition: the pictures have one size.
  /// - Throws: `MediaError`: `.unsupported` when this FFmpeg has no x264.
  public func recoded(_ pictures: [Picture]) throws(MediaError) -> [Picture] {
    guard let size = pictures.first?.size else { return [] }
    precondition(pictures.allSatisfy { $0.size == size }, "the frames of a film have one size")
    // 4:2:0 has no odd sizes.
    let coded = PixelSize(width: size.width + size.width % 2, height: size.height + size.height % 2)
    let packets = try encode(pictures, coded)
    let decoded = try decode(packets, count: pictures.count)
    guard decoded.count == pictures.count else {
      throw MediaError(.library, "\(pictures.count) pictures went through H.264 and \(decoded.count) came back")
    }
    return decoded.map { $0.cropped(x: 0, y: 0, to: size) }
  }

  private func encode(_ pictures: [Picture], _ size: PixelSize) throws(MediaError) -> [Packet] {
    // Without look-ahead every frame leaves at once; the rate factor holds for each frame alone either way.
    let parameters = [
      "scenecut=0", "rc-lookahead=0", "sync-lookahead=0", "mbtree=0", "keyint=250", "bframes=\(bidirectionalFrames)",
    ]
    let options = [
      ("preset", preset), ("crf", "\(constantRateFactor)"), ("x264-params", parameters.joined(separator: ":")),
    ]
    let context = unsafe try CodecContext(encoder: "libx264", size, options: options) {
      unsafe $0.pointee.pix_fmt = AV_PIX_FMT_YUV420P
      unsafe $0.pointee.colorspace = AVCOL_SPC_SMPTE170M
      unsafe $0.pointee.color_range = AVCOL_RANGE_MPEG
      unsafe $0.pointee.chroma_sample_location = AVCHROMA_LOC_CENTER
    }
    var packets: [Packet] = []
    for (index, picture) in pictures.enumerated() {
      let frame = try picture.cropped(x: 0, y: 0, to: size).subsampledFrame(isFullRange: false)
      unsafe frame.base.pointee.pts = Int64(index)
      unsafe try context.encode(frame.base, into: &packets)
    }
    unsafe try context.encode(nil, into: &packets)
    return packets
  }

  private func decode(_ packets: [Packet], count: Int) throws(MediaError) -> [Picture] {
    let context = try CodecContext(decoder: AV_CODEC_ID_H264)
    let sampler = FrameSampler()
    var pictures: [Picture] = []
    pictures.reserveCapacity(count)
    for index in 0...packets.count {
      let status = unsafe avcodec_send_packet(context.base, index < packets.count ? packets[index].base : nil)
      guard status >= 0 else {
        throw MediaError(.library, "FFmpeg could not decode its own H.264: \(MediaError.text(status))")
      }
      while true {
        let frame = try RawFrame()
        let status = unsafe avcodec_receive_frame(context.base, frame.base)
        if status == -EAGAIN || status == unmask_error_eof() { break }
        guard status >= 0 else {
          throw MediaError(.library, "FFmpeg could not decode its own H.264: \(MediaError.text(status))")
        }
        pictures.append(
          Picture(
            unsafe Frame(taking: frame.base, time: 0, arrival: 0, orientation: .upright, pixelAspect: 1),
            sampler: sampler))
      }
    }
    return pictures
  }
}
