/// The scales at which the first network looks at a picture.
///
/// The first network sees faces of 12 pixels, so the picture is shrunk until the smallest wanted face has 12, then
/// by ``factor`` again and again while the shorter side still has 12. Sizes are rounded up, as the reference does.
/// Source: Zhang et al. 2016 (arXiv:1604.02878) and its published MATLAB code.
struct Pyramid: Sendable, Hashable {
  /// The side of the window that the first network slides over the picture.
  static let window = 12.0
  /// The step from one level to the next, about √½, so that areas halve.
  static let factor = 0.709

  struct Level: Sendable, Hashable {
    /// Pixels of this level per pixel of the picture.
    let scale: Double
    let width: Int
    let height: Int
  }

  let levels: [Level]

  /// - Parameters:
  ///   - width: the picture's width in pixels.
  ///   - height: the picture's height in pixels.
  ///   - minimumFace: the side of the smallest face looked for, in pixels. Below 12 the first network would have to
  ///     enlarge the picture to find what is not there, so 12 is the least.
  init(width: Int, height: Int, minimumFace: Double) {
    var levels: [Level] = []
    var scale = Pyramid.window / max(minimumFace, Pyramid.window)
    var shorter = Double(min(width, height)) * scale
    while shorter >= Pyramid.window {
      levels.append(
        Level(
          scale: scale, width: Int((Double(width) * scale).rounded(.up)),
          height: Int((Double(height) * scale).rounded(.up))))
      scale *= Pyramid.factor
      shorter *= Pyramid.factor
    }
    self.levels = levels
  }
}
