internal import Media

/// How the surroundings of a face in a manipulated frame lie beside those in the original: what must be undone before the
/// two are compared.
struct FrameAlignment: Sendable {
  /// By how many pixels the fake lies further to the right and down.
  var shift = SIMD2<Int>(0, 0)
  /// How much lighter the fake is, by channel.
  var offset = SIMD3<Float>(0, 0, 0)
  /// The median distance of the colours that is left, of 441.
  var remaining: Float = 0

  /// Above this the frames do not show the same moment.
  static let limit: Float = 14

  /// - Parameters:
  ///   - real: a square around the face.
  ///   - fake: the same square with `reach` pixels more on each side.
  ///   - reach: the largest shift looked for.
  init(real: Picture, fake: Picture, reach: Int) {
    precondition(
      fake.width == real.width + 2 * reach && fake.height == real.height + 2 * reach, "the fake lacks its border")
    // Only the rim counts, where nobody manipulates.
    let rim = max(4, real.width / 8)
    var places: [(x: Int, y: Int)] = []
    let step = max(1, real.width / 96)
    for y in stride(from: 0, to: real.height, by: step) {
      for x in stride(from: 0, to: real.width, by: step)
      where min(x, y, real.width - 1 - x, real.height - 1 - y) < rim { places.append((x, y)) }
    }
    let (before, after) = (real.bytes.span, fake.bytes.span)
    func apart(_ place: (x: Int, y: Int), _ shift: SIMD2<Int>) -> SIMD3<Float> {
      let from = 3 * (place.y * real.width + place.x)
      let to = 3 * ((place.y + reach + shift.y) * fake.width + place.x + reach + shift.x)
      return SIMD3(
        Float(after[to]) - Float(before[from]), Float(after[to + 1]) - Float(before[from + 1]),
        Float(after[to + 2]) - Float(before[from + 2]))
    }
    var best = Float.infinity
    for y in -reach...reach {
      for x in -reach...reach {
        // Cut off, so that something that moves through the rim does not decide.
        let sum = places.reduce(Float(0)) { sum, place in
          let change = apart(place, SIMD2(x, y))
          return sum + min((change * change).sum().squareRoot(), 40)
        }
        // Of equals, the smallest shift.
        let cost = sum / Float(max(places.count, 1)) + 0.02 * Float(abs(x) + abs(y))
        if cost < best { (best, shift) = (cost, SIMD2(x, y)) }
      }
    }
    let changes = places.map { apart($0, shift) }
    for channel in 0..<3 { offset[channel] = Self.median(changes.map { $0[channel] }) }
    remaining = Self.median(
      changes.map { change in
        let left = change - offset
        return (left * left).sum().squareRoot()
      })
  }

  private static func median(_ values: [Float]) -> Float {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }
}
