import Media

/// A picture as the detector sees it: parts of it, scaled to a network's input.
protocol SampledPicture {
  /// Displayed pixels.
  var size: PixelSize { get }

  /// Scales `area` to `size` and writes it, (3, height, width), red first, normalised as the networks expect.
  ///
  /// What lies outside the picture is black before normalisation, as the reference pads it.
  func sample(_ area: Rectangle, to size: PixelSize, into planes: inout MutableSpan<Float>)
}

/// What the networks were trained on: (value − mean) · scale for values of 0 to 255.
enum Normalization {
  static let mean: Float = 127.5
  static let scale: Float = 0.0078125
  static let outside: Float = 0
}

/// A video frame and the sampler that scales straight out of its planes.
struct SampledFrame: SampledPicture {
  let frame: Frame
  let sampler: FrameSampler

  var size: PixelSize { frame.size }

  func sample(_ area: Rectangle, to size: PixelSize, into planes: inout MutableSpan<Float>) {
    sampler.sample(
      area, of: frame, to: size, mean: Normalization.mean, scale: Normalization.scale, outside: Normalization.outside,
      into: &planes)
  }
}
