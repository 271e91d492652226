internal import Foundation
internal import Media

/// Only the mouth is made anew, as programs do that give a face other words: another mouth, or the same one opened or
/// closed, painted by a network of low resolution and set back into the picture by a rectangle or an ellipse.
enum LipSync {
  /// - Parameters:
  ///   - donor: whose mouth it gets; nil warps the subject's own.
  ///   - strength: 1 for what one notices at once, towards 0 for the subtle.
  static func overlay(
    on subject: Subject, donor: Subject?, strength: Double, using random: inout SeededRandom, _ tools: ForgeTools
  ) throws(MediaError) -> Overlay {
    let base = subject.canvas
    let outline = subject.outline
    let unit = outline.unit
    let weight = patch(outline, width: base.width, height: base.height, using: &random)
    var source: Canvas
    if let donor {
      // The mouth counts most; the eyes keep the angle.
      source = donor.aligned(to: subject, weights: [0.4, 0.4, 1, 2, 2], tools)
      source = ColourMatching.match(source, to: base, in: weight, share: 1)
    } else {
      source = spoken(base, outline, strength: strength, using: &random)
    }
    // Wav2Lip (Prajwal et al. 2020, arXiv:2008.10010) paints faces of 96 pixels; its successors up to 288.
    let side = random.chance(0.6) ? random.uniform(80, 130) : random.uniform(130, 290)
    let share = side / (2.4 * unit)
    if share < 0.95 {
      source = source.throughScale(share, down: .area, up: random.pick([.linear, .cubic]), tools.sampler)
    }
    // Regressed by L1 losses, mouths come out smooth; restorers sharpen them again.
    if share >= 0.95 || random.chance(0.5) {
      source = source.blurred(sigma: unit / 60 * random.uniform(0.4, 0.8 + strength))
    }
    if random.chance(0.2) {
      source = TextureChange.sharpened(source, amount: Float(random.uniform(0.4, 1.2)), sigma: unit / 40)
    }
    if random.chance(0.6) { source = ColourShift(strength: 0.35 * strength, using: &random).apply(to: source) }
    return Overlay(base: base, source: source, weight: weight)
  }

  /// Where it is set in: the lower face as a rectangle or an ellipse, the face's box, or the outline of mouth and chin.
  private static func patch(
    _ outline: FaceOutline, width: Int, height: Int, using random: inout SeededRandom
  ) -> Plane {
    let polygon: [Vector]
    var bend = 0.0
    var feather = random.uniform(0.03, 0.35)
    switch random.unit() {
    case ..<0.4:
      let (left, right) = (-random.uniform(0.75, 1.15), random.uniform(0.75, 1.15))
      let (top, bottom) = (random.uniform(0.45, 0.8), random.uniform(1.6, 2.1))
      polygon = [
        outline.place(left, top), outline.place(right, top), outline.place(right, bottom), outline.place(left, bottom),
      ]
    case ..<0.7:
      let middle = random.uniform(1.1, 1.3)
      let (rx, ry) = (random.uniform(0.6, 0.95), random.uniform(0.5, 0.75))
      polygon = (0..<32).map { step in
        let angle = 2 * .pi * Double(step) / 32
        return outline.place(rx * cos(angle), middle + ry * sin(angle), depth: 0.1)
      }
    default:
      polygon = outline.polygons(random.chance(0.5) ? .mouth : .lowerHalf, loosened: 0.1, using: &random)[0]
      bend = random.uniform(0, 0.1)
      feather = random.uniform(0.1, 0.4)
    }
    return SoftMask.make(
      [polygon], width: width, height: height, unit: outline.unit, bend: bend, feather: feather, using: &random)
  }

  /// The subject's own lips moved: the lower one and the chin down or up, the corners in or out.
  private static func spoken(
    _ canvas: Canvas, _ outline: FaceOutline, strength: Double, using random: inout SeededRandom
  ) -> Canvas {
    let unit = outline.unit
    let sign = random.chance(0.65) ? 1.0 : -0.7
    let drop = sign * unit * (0.08 + 0.16 * strength) * random.uniform(0.6, 1.2)
    let spread = unit * (0.04 + 0.08 * strength) * random.uniform(-1, 1)
    let middle = outline.place(0, 1.17, depth: 0.15)
    let across = outline.across / outline.across.length
    let down = outline.down / outline.down.length
    let (cx, cy) = (Float(middle.x), Float(middle.y))
    let (ax, ay, dx, dy) = (Float(across.x), Float(across.y), Float(down.x), Float(down.y))
    let scale = 1 / Float(unit)
    return canvas.warped(width: canvas.width, height: canvas.height) { x, y in
      // In units of the eyes' distance from the middle of the mouth.
      let (px, py) = ((x - cx) * scale, (y - cy) * scale)
      let (u, v) = (px * ax + py * ay, px * dx + py * dy)
      let near = exp(-1.6 * u * u)
      // Below the lips' line everything sinks, fading out towards the chin; the upper lip rises a quarter as much.
      let sinking =
        v > 0
        ? near * (1 - exp(-18 * v * v)) * exp(-1.5 * v * v) : -0.25 * near * (1 - exp(-18 * v * v)) * exp(-8 * v * v)
      let widening = u * near * exp(-6 * v * v)
      let (moveDown, moveAcross) = (Float(drop) * sinking, Float(spread) * widening)
      return SIMD2(x - moveDown * dx - moveAcross * ax, y - moveDown * dy - moveAcross * ay)
    }
  }
}
