import CFFmpeg

/// How a picture is stored.
public enum PictureFormat: Sendable, Hashable {
  /// Without loss.
  case png
  /// The quantisation tables of the JPEG standard's annex K at a quality of 1...100 as libjpeg scales them, chroma 4:2:0.
  case jpeg(quality: Int)

  /// What the end of a file's name asks for; nil for another than `.png`, `.jpg` and `.jpeg`.
  public init?(path: String) {
    let name = path.lowercased()
    if name.hasSuffix(".png") {
      self = .png
    } else if name.hasSuffix(".jpg") || name.hasSuffix(".jpeg") {
      self = .jpeg(quality: 92)
    } else {
      return nil
    }
  }
}

extension Picture {
  /// The picture as the bytes of a file.
  ///
  /// - Throws: `MediaError` when FFmpeg cannot encode a picture of this size.
  public func encoded(as format: PictureFormat) throws(MediaError) -> [UInt8] {
    let context: CodecContext
    let frame: RawFrame
    switch format {
    case .png:
      context = unsafe try CodecContext(encoder: "png", size, options: [("pred", "mixed")]) {
        unsafe $0.pointee.pix_fmt = AV_PIX_FMT_RGB24
        // Photographs become a twentieth larger than at zlib's usual 6, in a third of the time.
        unsafe $0.pointee.compression_level = 4
      }
      frame = try rgbFrame()
    case .jpeg(let quality):
      context = unsafe try CodecContext(encoder: "mjpeg", size) {
        unsafe JPEGTables(quality: quality).install(in: $0)
      }
      frame = try subsampledFrame(isFullRange: true)
      unsafe frame.base.pointee.quality = context.base.pointee.global_quality
    }
    var packets: [Packet] = []
    unsafe frame.base.pointee.pts = 0
    unsafe try context.encode(frame.base, into: &packets)
    if packets.isEmpty { unsafe try context.encode(nil, into: &packets) }
    guard let packet = packets.first else {
      throw MediaError(.library, "FFmpeg encoded a picture of \(size) into nothing")
    }
    return packet.bytes
  }

  /// Writes the picture; the file is there whole or not at all.
  ///
  /// - Parameter format: by default what the end of the name asks for, and PNG for any other.
  /// - Throws: `MediaError` that names the file when it cannot be written.
  public func write(to path: String, as format: PictureFormat? = nil) throws(MediaError) {
    try AtomicFile.write(try encoded(as: format ?? PictureFormat(path: path) ?? .png), to: path)
  }
}

/// The quantisation tables of ITU-T T.81 annex K, scaled as libjpeg does. FFmpeg's own encoder would use MPEG's matrix;
/// photographs on the web have these. The DC step stays FFmpeg's 8, which is finer below a quality of 75.
struct JPEGTables {
  private let luma: [UInt16]
  private let chroma: [UInt16]

  init(quality: Int) {
    let quality = min(max(quality, 1), 100)
    let scale = quality < 50 ? 5000 / quality : 200 - 2 * quality
    func scaled(_ table: [Int]) -> [UInt16] { table.map { UInt16(min(max(($0 * scale + 50) / 100, 1), 255)) } }
    luma = scaled(Self.annexKLuma)
    chroma = scaled(Self.annexKChroma)
  }

  func install(in context: UnsafeMutablePointer<AVCodecContext>) {
    unsafe context.pointee.pix_fmt = AV_PIX_FMT_YUVJ420P
    unsafe context.pointee.color_range = AVCOL_RANGE_JPEG
    unsafe context.pointee.chroma_sample_location = AVCHROMA_LOC_CENTER
    // At a quantiser of 8 the encoder takes the matrices as they are. It frees them with the context.
    unsafe context.pointee.flags |= AV_CODEC_FLAG_QSCALE
    unsafe context.pointee.global_quality = 8 * FF_QP2LAMBDA
    unsafe context.pointee.intra_matrix = Self.copy(luma)
    unsafe context.pointee.chroma_intra_matrix = Self.copy(chroma)
  }

  private static func copy(_ table: [UInt16]) -> UnsafeMutablePointer<UInt16>? {
    let copy = unsafe av_malloc(table.count * 2)?.bindMemory(to: UInt16.self, capacity: table.count)
    for (index, value) in table.enumerated() { unsafe copy?[index] = value }
    return unsafe copy
  }

  private static let annexKLuma = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ]
  private static let annexKChroma =
    [
      17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99,
      99, 99, 99, 99,
    ] + Array(repeating: 99, count: 32)
}
