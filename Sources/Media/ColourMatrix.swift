import CFFmpeg
import MediaKernels

/// From a format's code values to RGB in 0...255 (ITU-R BT.601, BT.709, BT.2020; limited or full range; any depth).
enum ColourMatrix {
  /// Where a frame does not name its matrix, FFmpeg's default holds: BT.601, limited range; grey is full range.
  static func transform(
    of picture: AVFrame, isRGB: Bool, isGrey: Bool, depth: Int, shift: Int, isJPEG: Bool
  ) -> ColourTransform {
    // Some formats keep their bits in the upper end of a word (P010).
    let unit = 1 / Double(1 << shift)
    let most = Double((1 << depth) - 1)
    let isFull =
      unsafe isJPEG || picture.color_range == AVCOL_RANGE_JPEG || (isGrey && picture.color_range != AVCOL_RANGE_MPEG)
    let luma: (gain: Double, zero: Double)
    let chroma: (gain: Double, zero: Double)
    let eighth = Double(1 << (depth - 8))
    if isFull || isRGB {
      luma = (255 / most, 0)
      chroma = (255 / most, Double(1 << (depth - 1)))
    } else {
      luma = (255 / (219 * eighth), 16 * eighth)
      chroma = (255 / (224 * eighth), 128 * eighth)
    }
    func row(_ y: Double, _ u: Double, _ v: Double) -> SIMD4<Float> {
      let offset = -(y * luma.gain * luma.zero) - (u + v) * chroma.gain * chroma.zero
      return SIMD4<Float>(
        Float(y * luma.gain * unit), Float(u * chroma.gain * unit), Float(v * chroma.gain * unit), Float(offset))
    }
    if isGrey { return ColourTransform(red: row(1, 0, 0), green: row(1, 0, 0), blue: row(1, 0, 0)) }
    if isRGB {
      let gain = Float(luma.gain * unit)
      return ColourTransform(red: [gain, 0, 0, 0], green: [0, gain, 0, 0], blue: [0, 0, gain, 0])
    }
    if unsafe picture.colorspace == AVCOL_SPC_YCGCO {
      return ColourTransform(red: row(1, -1, 1), green: row(1, 1, 0), blue: row(1, -1, -1))
    }
    let (red, blue) = unsafe weights(picture.colorspace)
    let green = 1 - red - blue
    return ColourTransform(
      red: row(1, 0, 2 * (1 - red)),
      green: row(1, -2 * blue * (1 - blue) / green, -2 * red * (1 - red) / green),
      blue: row(1, 2 * (1 - blue), 0))
  }

  /// The shares of red and blue in luma.
  private static func weights(_ space: AVColorSpace) -> (red: Double, blue: Double) {
    switch space {
    case AVCOL_SPC_BT709: (0.2126, 0.0722)
    case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: (0.2627, 0.0593)
    case AVCOL_SPC_SMPTE240M: (0.212, 0.087)
    case AVCOL_SPC_FCC: (0.30, 0.11)
    default: (0.299, 0.114)
    }
  }
}
