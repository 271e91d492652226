internal import Media

/// Another person's face in place of the subject's: brought to its place by the landmarks, matched in colour, blended in
/// softly or in the gradient domain, sometimes with the look of a small network's output.
enum Swap {
  /// - Parameter strength: 1 for what one notices at once, towards 0 for the subtle.
  static func overlay(
    on subject: Subject, donor: Subject, strength: Double, using random: inout SeededRandom, _ tools: ForgeTools
  ) throws(MediaError) -> Overlay {
    let base = subject.canvas
    let outline = subject.outline
    let unit = outline.unit
    var source = donor.aligned(to: subject, weights: [1, 1, 1, 1, 1], tools)
    let region: FaceOutline.Region = random.chance(0.6) ? .whole : random.chance(0.7) ? .inner : .lowerHalf
    let isGradient = random.chance(0.12)
    var weight = SoftMask.make(
      outline.polygons(region, loosened: 0.08, using: &random), width: base.width, height: base.height, unit: unit,
      bend: random.uniform(0, 0.12), feather: isGradient ? 0.05 : random.uniform(0.06, 0.5), using: &random)
    source = ColourMatching.match(
      source, to: base, in: weight, share: Float(1 - max(0, strength - 0.5) * random.uniform(0, 0.7)))
    if random.chance(0.5) {
      // The decoders of face-swapping programs paint faces of 64 to 256 pixels; a face box is about 2.3 units wide.
      let side = random.uniform(64, 220)
      let share = min(0.95, side / (2.3 * unit))
      source = source.throughScale(share, down: .area, up: random.pick([.linear, .cubic]), tools.sampler)
    } else if random.chance(0.5) {
      source = try TextureChange.apply(to: source, strength: 0.7 * strength, using: &random, tools)
    }
    if random.chance(0.5) {
      source = ColourShift(strength: 0.4 * strength, using: &random).apply(to: source)
    }
    if isGradient {
      source = GradientBlend.blend(source, into: base, region: weight)
      // Past the rim both are equal: a binary weight makes no seam.
      weight = weight.map { $0 > 0.5 ? 1 : 0 }
    }
    return Overlay(base: base, source: source, weight: weight)
  }
}

extension Subject {
  /// This face on a canvas like `other`'s, its landmarks on those of the other.
  func aligned(to other: Subject, weights: [Double], _ tools: ForgeTools) -> Canvas {
    let placed = Similarity(from: points.points, to: other.points.points, weights: weights)
    var (from, picture) = (placed.inverse, canvas)
    if placed.scale < 0.75 {
      // Shrunk by areas first, or fine texture would turn into jags.
      let size = PixelSize(width: canvas.width, height: canvas.height)
      let small = PixelSize(
        width: max(8, Int(Double(size.width) * placed.scale)), height: max(8, Int(Double(size.height) * placed.scale)))
      picture = Canvas(tools.sampler.sample(Rectangle(size), of: canvas.picture, to: small, by: .area))
      let share = Vector(Double(small.width) / Double(size.width), Double(small.height) / Double(size.height))
      let mean = (share.x + share.y) / 2
      (from.a, from.b) = (from.a * mean, from.b * mean)
      from.move *= share
    }
    let (a, b) = (Float(from.a), Float(from.b))
    let move = SIMD2<Float>(Float(from.move.x), Float(from.move.y))
    return picture.warped(width: other.canvas.width, height: other.canvas.height) { x, y in
      SIMD2(a * x - b * y, b * x + a * y) + move
    }
  }
}
