internal import Media

/// Where a manipulated frame differs from its original, in the manner of the article this project follows: both blurred
/// over 5×5 pixels, the distance of their colours, a threshold, and of what lies above it the connected parts of at least
/// 100 pixels.
struct DifferenceMask: Sendable {
  /// The least pixels of a connected part, counted at the frame's own resolution, before any scaling.
  static let leastPart = 100
  /// Between these the threshold is chosen, of 441 between black and white. Compression at the usual rates leaves blurred
  /// pixels up to about 10 apart; a change that stays below 40 everywhere is hardly worth a mask.
  static let thresholds: ClosedRange<Float> = 10...40

  let width: Int
  let height: Int
  /// 1 where changed.
  let pixels: [UInt8]
  /// What was chosen.
  let threshold: Float

  /// - Parameter offset: what the fake's colours are higher by throughout; it does not count as a difference.
  /// - Precondition: the pictures have one size.
  init(real: Picture, fake: Picture, offset: SIMD3<Float> = SIMD3(0, 0, 0)) {
    precondition(real.size == fake.size, "the pictures have different sizes")
    width = real.width
    height = real.height
    let (before, after) = (Canvas(real).boxBlurred(radius: 2), Canvas(fake).boxBlurred(radius: 2))
    let shift = SIMD4(offset, 0)
    let distances = before.pixels.indices.map { index in
      let apart = after.pixels[index] - before.pixels[index] - shift
      return (apart * apart).sum().squareRoot()
    }
    let chosen = Self.threshold(of: distances)
    threshold = chosen
    pixels = Self.largeParts(distances.map { $0 > chosen }, width: width, height: height)
  }

  /// Otsu's threshold (1979), which parts the distances into two groups as unlike as can be, kept within `thresholds`:
  /// it follows the manipulation's strength, and the bounds hold where there is only one group.
  static func threshold(of distances: [Float]) -> Float {
    var counts = [Double](repeating: 0, count: 442)
    for distance in distances { counts[min(Int(distance), 441)] += 1 }
    let total = Double(distances.count)
    let sum = counts.enumerated().reduce(0) { $0 + (Double($1.offset) + 0.5) * $1.element }
    var (below, sumBelow, best, chosen) = (0.0, 0.0, -1.0, 0)
    for (level, count) in counts.enumerated().dropLast() {
      below += count
      sumBelow += (Double(level) + 0.5) * count
      guard below > 0, below < total else { continue }
      let apart = sumBelow / below - (sum - sumBelow) / (total - below)
      let between = below * (total - below) * apart * apart
      if between > best { (best, chosen) = (between, level) }
    }
    return min(max(Float(chosen + 1), thresholds.lowerBound), thresholds.upperBound)
  }

  /// The 8-connected parts of at least `leastPart` pixels.
  static func largeParts(_ isSet: [Bool], width: Int, height: Int) -> [UInt8] {
    var state = isSet.map { $0 ? UInt8(2) : 0 }
    var part: [Int] = []
    for start in state.indices where state[start] == 2 {
      part.removeAll(keepingCapacity: true)
      part.append(start)
      state[start] = 1
      var next = 0
      while next < part.count {
        let (x, y) = (part[next] % width, part[next] / width)
        next += 1
        for j in max(y - 1, 0)...min(y + 1, height - 1) {
          for i in max(x - 1, 0)...min(x + 1, width - 1) where state[j * width + i] == 2 {
            state[j * width + i] = 1
            part.append(j * width + i)
          }
        }
      }
      if part.count < leastPart { for place in part { state[place] = 0 } }
    }
    return state
  }
}
