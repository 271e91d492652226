internal import Media

/// The whole face bent into another expression and painted anew, as image animation and facial reenactment do: no other
/// person, but no pixel of the camera either.
enum Reenactment {
  /// - Parameter strength: 1 for what one notices at once, towards 0 for the subtle.
  static func overlay(
    on subject: Subject, strength: Double, using random: inout SeededRandom, _ tools: ForgeTools
  ) throws(MediaError) -> Overlay {
    let base = subject.canvas
    let outline = subject.outline
    let unit = outline.unit
    let field = SmoothField(
      width: base.width, height: base.height, cells: max(3, Int(Double(base.width) / (0.9 * max(unit, 4)))),
      amplitude: unit * (0.05 + 0.13 * strength) * random.uniform(0.6, 1), using: &random)
    var source = base.displaced(by: field)
    // A face of 256 pixels is what first-order motion models paint (Siarohin et al. 2019); compact ones less.
    let share = min(0.95, random.uniform(90, 260) / (2.6 * unit))
    source = source.throughScale(share, down: .area, up: .linear, tools.sampler)
    if random.chance(0.5) {
      source = try TextureChange.apply(to: source, strength: 0.5 * strength, using: &random, tools)
    }
    if random.chance(0.5) { source = ColourShift(strength: 0.4 * strength, using: &random).apply(to: source) }
    let weight = SoftMask.make(
      outline.polygons(random.chance(0.75) ? .whole : .inner, loosened: 0.1, using: &random), width: base.width,
      height: base.height, unit: unit, bend: random.uniform(0, 0.12), feather: random.uniform(0.08, 0.5),
      using: &random)
    return Overlay(base: base, source: source, weight: weight)
  }
}
