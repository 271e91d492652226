/// How strongly a source is blended in, pixel by pixel, 0...1.
enum SoftMask {
  /// The polygons, bent out of shape, with a soft border that lies inside them.
  ///
  /// As in self-blended images (Shiohara, Yamasaki 2022, arXiv:2204.08376): blurred, cut where the blur reached, so that
  /// what is left has withdrawn from the border by about the blur's radius, and blurred again.
  /// - Parameters:
  ///   - unit: the distance of the eyes in pixels.
  ///   - bend: how far the border is displaced, in units.
  ///   - feather: width of the soft border, in units.
  static func make(
    _ polygons: [[Vector]], width: Int, height: Int, unit: Double, bend: Double, feather: Double,
    using random: inout SeededRandom
  ) -> Plane {
    var mask = Plane(width: width, height: height, covering: polygons)
    if bend > 0 {
      let cells = max(2, Int(Double(width) / max(unit * 0.8, 4)))
      mask = mask.displaced(
        by: SmoothField(width: width, height: height, cells: cells, amplitude: bend * unit, using: &random))
    }
    // A box applied twice reaches two radii to each side.
    let radius = Int((feather * unit / 4).rounded())
    guard radius > 0 else { return mask }
    let withdrawn = mask.boxBlurred(radius: radius, times: 2)
    let core = withdrawn.map { $0 > 0.97 ? Float(1) : 0 }
    // A narrow part has no core: there the blur itself is the mask.
    let isHollow = core.pixels.reduce(0, +) < 0.3 * mask.pixels.reduce(0, +)
    let soft = (isHollow ? withdrawn.map { max(0, ($0 - 0.3) / 0.7) } : core).boxBlurred(radius: radius, times: 2)
    let highest = max(soft.pixels.max() ?? 0, 1e-3)
    return soft.map { min($0 / highest, 1) < 0.004 ? 0 : min($0 / highest, 1) }
  }
}
