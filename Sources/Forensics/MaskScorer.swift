/// Applies the frame rule to masks of one size; owns its scratch memory, so scoring allocates nothing.
///
/// Pixels enter in descending order of confidence and are joined with their neighbours (union-find, 8-connected). The
/// confidence of the pixel that first makes a component exceed the rule's size is the score; the components present
/// when the order reaches the threshold give the area. One pass answers every threshold at once.
public struct MaskScorer: ~Copyable {
  private let width: Int
  private let height: Int
  private var order: [UInt32]
  private var halfSorted: [UInt32]
  private var keys: [UInt32]
  private var lowEnds: [Int32]
  private var highEnds: [Int32]
  private var parent: [Int32]
  private var members: [Int32]

  /// - Parameters:
  ///   - width: mask width in pixels, at least 1.
  ///   - height: mask height in pixels, at least 1.
  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0 && width * height <= Int(Int32.max), "a mask has 1 to 2^31 pixels")
    self.width = width
    self.height = height
    let count = width * height
    order = Array(repeating: 0, count: count)
    halfSorted = order
    keys = order
    lowEnds = Array(repeating: 0, count: 1 << 16)
    highEnds = lowEnds
    parent = Array(repeating: 0, count: count)
    members = parent
  }

  /// Scores one mask.
  /// - Parameter mask: row-major confidences, `width * height` of them; NaN and negative values count as 0.
  public mutating func finding(in mask: Span<Float>, rule: FrameRule) -> MaskFinding {
    let (score, areas) = profile(of: mask, minimum: rule.minimumComponent, levels: [rule.threshold])
    return MaskFinding(score: score, area: areas[0])
  }

  /// The score of one mask, and its area at several thresholds.
  /// - Parameters:
  ///   - minimum: a component fires when it has more points than this.
  ///   - levels: thresholds, ascending.
  /// - Returns: for each level the share of the mask's pixels that lie in components firing at it.
  public mutating func profile(
    of mask: Span<Float>, minimum: Int, levels: [Float]
  ) -> (score: Float, areas: [Float]) {
    precondition(mask.count == width * height, "the mask has \(mask.count) pixels, the scorer \(width)x\(height)")
    sortDescending(mask)
    for pixel in parent.indices { parent[pixel] = Self.absent }
    var areas = [Float](repeating: 0, count: levels.count)
    // The highest level that no pixel has fallen to yet.
    var level = levels.count - 1
    var score: Float = 0
    var scored = false
    var firing = 0
    for rank in order.indices {
      let pixel = Int(order[rank])
      let confidence = Self.clean(mask[pixel])
      while level >= 0, confidence <= levels[level] {
        areas[level] = Float(firing) / Float(width * height)
        level -= 1
      }
      if scored && level < 0 { break }
      let (size, absorbed) = insert(pixel, minimum: minimum)
      if size > minimum {
        if !scored {
          score = confidence
          scored = true
        }
        firing += size - absorbed
      }
    }
    while level >= 0 {
      areas[level] = Float(firing) / Float(width * height)
      level -= 1
    }
    return (score, areas)
  }

  /// The scores of one mask for several component sizes: what `finding(in:rule:)` would call its score for each.
  /// - Parameter minimums: ascending.
  public mutating func scores(in mask: Span<Float>, minimums: [Int]) -> [Float] {
    precondition(mask.count == width * height, "the mask has \(mask.count) pixels, the scorer \(width)x\(height)")
    var scores: [Float] = []
    sortDescending(mask)
    for pixel in parent.indices { parent[pixel] = Self.absent }
    for rank in order.indices {
      let pixel = Int(order[rank])
      let (size, _) = insert(pixel, minimum: .max)
      while scores.count < minimums.count, size > minimums[scores.count] { scores.append(Self.clean(mask[pixel])) }
      if scores.count == minimums.count { break }
    }
    return scores + Array(repeating: 0, count: minimums.count - scores.count)
  }

  private static var absent: Int32 { -1 }

  private static func clean(_ confidence: Float) -> Float { confidence > 0 ? confidence : 0 }

  /// Adds a pixel and joins it with the neighbours already present.
  /// - Returns: the size of its component, and how many of those points already lay in firing components.
  private mutating func insert(_ pixel: Int, minimum: Int) -> (size: Int, absorbed: Int) {
    parent[pixel] = Int32(pixel)
    members[pixel] = 1
    var root = pixel
    var absorbed = 0
    let row = pixel / width
    let column = pixel % width
    for y in max(0, row - 1)...min(height - 1, row + 1) {
      for x in max(0, column - 1)...min(width - 1, column + 1) {
        let neighbour = y * width + x
        guard parent[neighbour] != Self.absent else { continue }
        let other = findRoot(neighbour)
        guard other != root else { continue }
        if Int(members[other]) > minimum { absorbed += Int(members[other]) }
        if members[other] > members[root] {
          parent[root] = Int32(other)
          members[other] += members[root]
          root = other
        } else {
          parent[other] = Int32(root)
          members[root] += members[other]
        }
      }
    }
    return (Int(members[root]), absorbed)
  }

  private mutating func findRoot(_ start: Int) -> Int {
    var pixel = start
    while Int(parent[pixel]) != pixel {
      parent[pixel] = parent[Int(parent[pixel])]
      pixel = Int(parent[pixel])
    }
    return pixel
  }

  /// Fills `order` with pixel indices, highest confidence first: a radix sort over the two halves of the inverted bit
  /// pattern, since non-negative floats are ordered as their bit patterns are.
  private mutating func sortDescending(_ mask: Span<Float>) {
    for bucket in lowEnds.indices {
      lowEnds[bucket] = 0
      highEnds[bucket] = 0
    }
    for pixel in keys.indices {
      let key = ~Self.clean(mask[pixel]).bitPattern
      keys[pixel] = key
      lowEnds[Int(key & 0xFFFF)] += 1
      highEnds[Int(key >> 16)] += 1
    }
    var low: Int32 = 0
    var high: Int32 = 0
    for bucket in lowEnds.indices {
      (low, lowEnds[bucket]) = (low + lowEnds[bucket], low)
      (high, highEnds[bucket]) = (high + highEnds[bucket], high)
    }
    for pixel in keys.indices {
      let bucket = Int(keys[pixel] & 0xFFFF)
      halfSorted[Int(lowEnds[bucket])] = UInt32(pixel)
      lowEnds[bucket] += 1
    }
    for pixel in halfSorted {
      let bucket = Int(keys[Int(pixel)] >> 16)
      order[Int(highEnds[bucket])] = pixel
      highEnds[bucket] += 1
    }
  }
}
