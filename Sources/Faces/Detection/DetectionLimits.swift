/// What one frame may cost at most, however hostile the picture.
///
/// A crowd of ordinary pictures stays far below: the levels of a group photograph yield some hundreds of proposals each.
enum DetectionLimits {
  /// Proposals of one level that go into suppression.
  static let level = 4096
  /// Proposals of all levels that go into suppression.
  static let proposals = 4096
  /// Boxes the second network scores.
  static let refined = 1024
  /// Boxes the third network scores.
  static let output = 256
  /// Pixels the first network sees in one run; larger levels go through it in bands.
  static let runPixels = 1 << 19
  /// Picture sizes whose pyramid is kept prepared.
  static let pyramids = 4
  /// Bytes that prepared pyramids may hold together; the one in use is kept whatever it holds.
  static let pyramidBytes = 96 << 20
}
