import Media

extension SceneSignature {
  /// Takes the signature of a picture in the networks' own form: three planes, normalised.
  init(normalized planes: Span<Float>, size: PixelSize) {
    precondition(planes.count == 3 * size.pixels, "planes of another size")
    self.init(width: size.width, height: size.height) { column, row in
      let index = row * size.width + column
      let color = SIMD3(planes[index], planes[size.pixels + index], planes[2 * size.pixels + index])
      return color / Normalization.scale + Normalization.mean
    }
  }

  /// The size to which a picture is scaled that is too small for the detector to have scaled it.
  static let ownSize = PixelSize(width: columns * samplesPerCell, height: rows * samplesPerCell)
}
