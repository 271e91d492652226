internal import Media

/// `masks-epoch-NNN.png`: what the network marks on held-out faces, for a person to look at.
///
/// One row a pair, five tiles: the real face, the real face with what was marked on it, the fake, the fake with what was
/// truly changed (green), the fake with what was marked (red). The bar below a marked tile is its frame score, 0 to 1,
/// over a tick at the threshold.
public struct ContactSheet: Sendable {
  /// A pair and the two masks that the network gave, each (side, side), row by row, 0...1.
  public struct Row: Sendable {
    public let pair: TrainingPair
    public let onReal: [Float]
    public let onFake: [Float]
    /// The frame rule's scores, 0...1.
    public let realScore: Float
    public let fakeScore: Float
  }

  /// Pixels of the sheet.
  public let width: Int
  public let height: Int
  /// (height, width, 3), row by row, RGB.
  public private(set) var pixels: [UInt8]

  private static let tile = 128
  private static let gap = 4
  private static let bar = 6
  private static let columns = 5

  /// - Parameters:
  ///   - pairsAcross: pairs side by side.
  ///   - threshold: the frame threshold that the ticks show.
  public init(_ rows: [Row], pairsAcross: Int = 2, threshold: Float) {
    precondition(!rows.isEmpty && pairsAcross > 0, "a contact sheet shows something")
    let (tile, gap, bar) = (Self.tile, Self.gap, Self.bar)
    let block = Self.columns * (tile + gap) + 2 * gap
    let across = min(pairsAcross, rows.count)
    width = across * block + gap
    height = (rows.count + across - 1) / across * (tile + bar + 2 * gap) + gap
    pixels = Array(repeating: 255, count: 3 * width * height)
    for (index, row) in rows.enumerated() {
      let x = gap + index % across * block
      let y = gap + index / across * (tile + bar + 2 * gap)
      let truth = row.pair.mask.map(Float.init)
      let tiles: [(picture: [UInt8], mask: [Float]?, tint: SIMD3<Float>, score: Float?)] = [
        (row.pair.real, nil, Self.red, nil),
        (row.pair.real, row.onReal, Self.red, row.realScore),
        (row.pair.fake, nil, Self.red, nil),
        (row.pair.fake, truth, Self.green, nil),
        (row.pair.fake, row.onFake, Self.red, row.fakeScore),
      ]
      for (column, one) in tiles.enumerated() {
        let left = x + column * (tile + gap)
        draw(one.picture, side: row.pair.side, mask: one.mask, tint: one.tint, x: left, y: y)
        if let score = one.score { drawBar(score, threshold, x: left, y: y + tile + 1) }
      }
    }
  }

  private static let red = SIMD3<Float>(255, 32, 32)
  private static let green = SIMD3<Float>(32, 208, 64)

  /// The sheet as a PNG file.
  /// - Throws: `MediaError` when FFmpeg cannot encode a picture of this size.
  func png() throws(MediaError) -> [UInt8] {
    try Picture(size: PixelSize(width: width, height: height), bytes: pixels).encoded(as: .png)
  }

  /// Draws a square picture in one tile, each pixel the mean of those it covers, tinted where the mask says so.
  private mutating func draw(
    _ picture: [UInt8], side: Int, mask: [Float]?, tint: SIMD3<Float>, x: Int, y: Int
  ) {
    for row in 0..<Self.tile {
      let rows = Self.covered(row, side)
      for column in 0..<Self.tile {
        var sum = SIMD3<Float>()
        var marked: Float = 0
        var count: Float = 0
        for sourceRow in rows {
          for sourceColumn in Self.covered(column, side) {
            let source = sourceRow * side + sourceColumn
            sum += SIMD3(Float(picture[3 * source]), Float(picture[3 * source + 1]), Float(picture[3 * source + 2]))
            if let mask { marked += mask[source] }
            count += 1
          }
        }
        let strength = min(max(marked / count, 0), 1) * 0.6
        set(sum / count * (1 - strength) + tint * strength, x: x + column, y: y + row)
      }
    }
  }

  private mutating func drawBar(_ score: Float, _ threshold: Float, x: Int, y: Int) {
    let end = Int(Float(Self.tile) * min(max(score, 0), 1))
    let tick = min(Int(Float(Self.tile) * min(max(threshold, 0), 1)), Self.tile - 1)
    for row in 0..<Self.bar - 1 {
      for column in 0..<Self.tile {
        let isTick = column == tick || (column == tick - 1 && tick > 0)
        let colour = isTick ? SIMD3<Float>(0, 0, 0) : column < end ? Self.red : SIMD3<Float>(224, 224, 224)
        set(colour, x: x + column, y: y + row)
      }
    }
  }

  private mutating func set(_ colour: SIMD3<Float>, x: Int, y: Int) {
    let base = 3 * (y * width + x)
    for channel in 0..<3 { pixels[base + channel] = UInt8(min(max(colour[channel], 0), 255)) }
  }

  /// The source pixels that one pixel of a tile covers, at least one.
  private static func covered(_ place: Int, _ side: Int) -> Range<Int> {
    let first = place * side / tile
    return first..<max(first + 1, (place + 1) * side / tile)
  }
}
