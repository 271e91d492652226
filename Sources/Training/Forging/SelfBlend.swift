internal import Media

/// A face blended with itself in another colour, texture, size and place: nothing is wrong with it but the seam and the
/// two histories on its sides (Shiohara, Yamasaki 2022, "Detecting Deepfakes with Self-Blended Images",
/// arXiv:2204.08376; own parameters).
enum SelfBlend {
  /// - Parameter strength: 1 for what one notices at once, towards 0 for the subtle.
  static func overlay(
    on subject: Subject, strength: Double, using random: inout SeededRandom, _ tools: ForgeTools
  ) throws(MediaError) -> Overlay {
    var (base, source) = (subject.canvas, subject.canvas)
    let colour = ColourShift(strength: strength, using: &random)
    if random.chance(0.5) { source = colour.apply(to: source) } else { base = colour.apply(to: base) }
    if random.chance(0.55) {
      source = try TextureChange.apply(to: source, strength: strength, using: &random, tools)
    } else if random.chance(0.6) {
      base = try TextureChange.apply(to: base, strength: strength, using: &random, tools)
    }
    source = moved(source, subject, strength: strength, using: &random)
    let outline = subject.outline
    let region: FaceOutline.Region =
      switch random.unit() {
      case ..<0.45: .whole
      case ..<0.7: .inner
      case ..<0.82: .lowerHalf
      case ..<0.9: .components
      case ..<0.95: .mouth
      default: .eyes
      }
    var weight = SoftMask.make(
      outline.polygons(region, loosened: 0.09, using: &random), width: base.width, height: base.height,
      unit: outline.unit, bend: random.uniform(0, 0.18), feather: random.uniform(0.05, 0.6), using: &random)
    let opacity = Float(random.pick([0.5, 0.75, 1, 1, 1, 1]))
    if opacity < 1 { weight = weight.map { $0 * opacity } }
    return Overlay(base: base, source: source, weight: weight)
  }

  /// A little larger or smaller, turned, moved, and bent.
  private static func moved(
    _ canvas: Canvas, _ subject: Subject, strength: Double, using random: inout SeededRandom
  ) -> Canvas {
    let unit = subject.outline.unit
    let placed = Similarity(
      scale: 1 + 0.05 * strength * random.uniform(-1, 1), angle: 0.03 * strength * random.uniform(-1, 1),
      about: subject.points.centre,
      move: Vector(0.07 * strength * unit * random.uniform(-1, 1), 0.05 * strength * unit * random.uniform(-1, 1)))
    let back = placed.inverse
    let (a, b) = (Float(back.a), Float(back.b))
    let move = SIMD2<Float>(Float(back.move.x), Float(back.move.y))
    let field = SmoothField(
      width: canvas.width, height: canvas.height, cells: max(2, Int(Double(canvas.width) / max(unit, 4))),
      amplitude: random.chance(0.5) ? 0.07 * strength * unit : 0, using: &random)
    return canvas.warped(width: canvas.width, height: canvas.height) { x, y in
      SIMD2(a * x - b * y, b * x + a * y) + move + field(x, y)
    }
  }
}
