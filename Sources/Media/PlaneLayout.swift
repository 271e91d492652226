import CFFmpeg
import MediaKernels

/// How the three components of a picture lie in memory, for every format whose samples are whole bytes or little-endian
/// words. Formats of other kinds (palettes, bit fields, big-endian, floating point) have no layout and are converted.
@safe struct PlaneLayout {
  /// Where one component's samples are.
  @safe struct Component {
    let base: UnsafeRawPointer
    /// Bytes from one row to the next; negative for pictures stored upside down.
    let stride: Int
    let width: Int
    let height: Int
    /// Samples from one of this component to the next, and where the first one is.
    let step: Int
    let offset: Int
    let plane: Int
    /// Samples of this component for one pixel, as powers of two: 1 means half as many.
    let shiftX: Int
    let shiftY: Int
  }

  /// One for grey, else three: Y, U, V or R, G, B.
  let components: [Component]
  let sampleType: SampleType
  let colour: ColourTransform
  /// Where chroma samples sit, in chroma samples to the right of and below the centre of the pixels they stand for.
  let chromaOffset: SIMD2<Double>
  /// Only every other row, from the first on, belongs to the moment shown.
  let isField: Bool

  /// Nil if the format has no layout.
  init?(_ frame: UnsafePointer<AVFrame>) {
    let picture = unsafe frame.pointee
    guard let described = unsafe av_pix_fmt_desc_get(AVPixelFormat(rawValue: picture.format)) else { return nil }
    let format = unsafe described.pointee
    let unfit =
      UInt64(AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BE)
      | UInt64(AV_PIX_FMT_FLAG_FLOAT) | UInt64(AV_PIX_FMT_FLAG_BAYER)
    guard unsafe format.flags & unfit == 0, unsafe picture.format != AV_PIX_FMT_XYZ12LE.rawValue else { return nil }
    let described3 = unsafe [format.comp.0, format.comp.1, format.comp.2]
    let isGrey = unsafe format.nb_components < 3
    let used = isGrey ? 1 : 3
    let depth = Int(described3[0].depth)
    let isWord = depth > 8
    let sampleBytes = isWord ? 2 : 1
    let planes = unsafe [picture.data.0, picture.data.1, picture.data.2, picture.data.3]
    let strides = unsafe [picture.linesize.0, picture.linesize.1, picture.linesize.2, picture.linesize.3]
    isField = unsafe unmask_frame_is_interlaced(frame) != 0 && picture.height >= 4
    var components: [Component] = []
    for index in 0..<used {
      let component = described3[index]
      let plane = Int(component.plane)
      guard Int(component.depth) == depth, (8...16).contains(depth), Int(component.shift) + depth <= 8 * sampleBytes,
        isWord || component.shift == 0, Int(component.step) % sampleBytes == 0,
        Int(component.offset) % sampleBytes == 0, Int(component.step) >= sampleBytes, plane < 4,
        let base = unsafe planes[plane]
      else { return nil }
      let shiftX = unsafe index == 0 || format.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0 ? 0 : Int(format.log2_chroma_w)
      let shiftY = unsafe index == 0 || format.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0 ? 0 : Int(format.log2_chroma_h)
      let height = unsafe Self.shifted(Int(picture.height), shiftY)
      unsafe components.append(
        Component(
          base: UnsafeRawPointer(base), stride: Int(strides[plane]) * (isField ? 2 : 1),
          width: Self.shifted(Int(picture.width), shiftX), height: isField ? (height + 1) / 2 : height,
          step: Int(component.step) / sampleBytes, offset: Int(component.offset) / sampleBytes, plane: plane,
          shiftX: shiftX, shiftY: shiftY))
    }
    // Bit fields such as RGB565 have components that share a sample.
    let places = Set(components.map { [$0.plane, $0.offset] })
    guard places.count == components.count else { return nil }
    self.components = components
    sampleType = isWord ? .word : .byte
    colour = unsafe ColourMatrix.transform(
      of: picture, isRGB: format.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0, isGrey: isGrey, depth: depth,
      shift: Int(described3[0].shift), isJPEG: unsafe Self.isFullRangeFormat(picture.format))
    chromaOffset = unsafe Self.chromaOffset(picture)
  }

  /// `count / 2^shift`, rounded up: an odd size has one chroma sample more.
  private static func shifted(_ count: Int, _ shift: Int) -> Int { (count + (1 << shift) - 1) >> shift }

  private static func isFullRangeFormat(_ format: Int32) -> Bool {
    let full: [AVPixelFormat] = [
      AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P,
    ]
    return full.contains { $0.rawValue == format }
  }

  /// MPEG-2, H.264 and HEVC put chroma on the left one of two pixels unless they say otherwise; JPEG and MPEG-1 put it
  /// between them. A quarter of a chroma sample is half a pixel.
  private static func chromaOffset(_ picture: AVFrame) -> SIMD2<Double> {
    switch unsafe picture.chroma_location {
    case AVCHROMA_LOC_CENTER: [0, 0]
    case AVCHROMA_LOC_TOPLEFT: [0.25, 0.25]
    case AVCHROMA_LOC_TOP: [0, 0.25]
    case AVCHROMA_LOC_BOTTOMLEFT: [0.25, -0.25]
    case AVCHROMA_LOC_BOTTOM: [0, -0.25]
    case AVCHROMA_LOC_LEFT: [0.25, 0]
    default: unsafe isFullRangeFormat(picture.format) ? [0, 0] : [0.25, 0]
    }
  }
}
