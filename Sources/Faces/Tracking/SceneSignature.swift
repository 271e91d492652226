/// The look of a whole frame in half a kilobyte, made to tell one shot from another.
///
/// Two measures that fail in different ways: a thumbnail in grey, which knows the composition and, compared at many
/// shifts and without regard to brightness and contrast, follows a moving camera and forgives a change of light; and a
/// histogram of colour without brightness, which knows the scene's palette and does not care what moved where.
public struct SceneSignature: Sendable {
  static let columns = 24
  static let rows = 16
  /// Samples taken in each direction per thumbnail cell.
  static let samplesPerCell = 4
  /// Bins of each of the two colour differences.
  static let bins = 10

  /// Mean luma of each cell, row by row, 0...255.
  private var luma: InlineArray<384, UInt8>
  /// Share of the samples in each bin, out of 65,535.
  private var palette: InlineArray<100, UInt16>
  private var meanLuma: Float
  /// Standard deviation of the thumbnail's luma.
  private var contrast: Float
  /// Share of the thumbnail's cells that are all but white.
  private var whiteShare: Float

  /// Takes the signature of a picture.
  /// - Parameters:
  ///   - width: the picture's width.
  ///   - height: its height.
  ///   - color: red, green and blue (0...255) at a column and row.
  init(width: Int, height: Int, color: (_ column: Int, _ row: Int) -> SIMD3<Float>) {
    precondition(width > 0 && height > 0, "a signature needs a picture")
    let across = SceneSignature.columns * SceneSignature.samplesPerCell
    let down = SceneSignature.rows * SceneSignature.samplesPerCell
    var sums = InlineArray<384, Float>(repeating: 0)
    var colors = PaletteCounter()
    for y in 0..<down {
      let row = (2 * y + 1) * height / (2 * down)
      for x in 0..<across {
        let sample = color((2 * x + 1) * width / (2 * across), row)
        let grey = (sample * SIMD3(0.299, 0.587, 0.114)).sum()
        let cell = y / SceneSignature.samplesPerCell * SceneSignature.columns + x / SceneSignature.samplesPerCell
        sums[cell] += grey
        colors.add(blueDifference: 0.564 * (sample.z - grey), redDifference: 0.713 * (sample.x - grey))
      }
    }
    let samples = Float(SceneSignature.samplesPerCell * SceneSignature.samplesPerCell)
    luma = InlineArray { UInt8(min(max(sums[$0] / samples, 0), 255)) }
    palette = colors.shares
    (meanLuma, contrast, whiteShare) = SceneSignature.statistics(of: luma)
  }

  private static func statistics(of luma: InlineArray<384, UInt8>) -> (mean: Float, contrast: Float, white: Float) {
    var sum: Float = 0
    var squares: Float = 0
    var white = 0
    for index in luma.indices {
      let value = Float(luma[index])
      sum += value
      squares += value * value
      if luma[index] >= 240 { white += 1 }
    }
    let count = Float(luma.count)
    let mean = sum / count
    return (mean, max(0, squares / count - mean * mean).squareRoot(), Float(white) / count)
  }
}

extension SceneSignature {
  /// Whether the frame is a single tone, as in a fade: nothing can be told from its composition.
  var isBlank: Bool { contrast < 4 }

  /// Whether the frame is blown out where `earlier` was not, as by a photographer's flash.
  func isBlownOut(beside earlier: SceneSignature) -> Bool {
    whiteShare - earlier.whiteShare > 0.3 && meanLuma - earlier.meanLuma > 50
  }

  /// Whether there is hardly any colour, as from a camera at night: nothing can be told from the palette.
  var isColorless: Bool {
    let middle = SceneSignature.bins / 2
    var grey = 0
    for blue in middle - 1...middle {
      for red in middle - 1...middle { grey += Int(palette[blue * SceneSignature.bins + red]) }
    }
    return grey > 64_200
  }

  /// The share of the palette two frames have in common, from 0 to 1.
  func paletteInCommon(with other: SceneSignature) -> Float {
    var common = 0
    for index in palette.indices { common += Int(min(palette[index], other.palette[index])) }
    return Float(common) / 65_535
  }

  /// The correlation of the two thumbnails where they overlap when one is shifted by whole cells, from −1 to 1.
  ///
  /// Brightness and contrast cancel out. Zero where either part is of a single tone.
  func correlation(with other: SceneSignature, shiftedBy columns: Int, _ rows: Int) -> Float {
    var (sumA, sumB, sumAA, sumBB, sumAB, count) = (0, 0, 0, 0, 0, 0)
    for row in max(0, rows)..<SceneSignature.rows + min(0, rows) {
      for column in max(0, columns)..<SceneSignature.columns + min(0, columns) {
        let a = Int(luma[row * SceneSignature.columns + column])
        let b = Int(other.luma[(row - rows) * SceneSignature.columns + column - columns])
        sumA &+= a
        sumB &+= b
        sumAA &+= a &* a
        sumBB &+= b &* b
        sumAB &+= a &* b
        count &+= 1
      }
    }
    let spreadA = Float(count * sumAA - sumA * sumA)
    let spreadB = Float(count * sumBB - sumB * sumB)
    guard spreadA > 0, spreadB > 0 else { return 0 }
    return Float(count * sumAB - sumA * sumB) / (spreadA * spreadB).squareRoot()
  }

  /// The best correlation over the shifts within which a moving camera keeps more than half of the picture.
  func bestCorrelation(with other: SceneSignature) -> Float {
    var best: Float = -1
    for rows in -6...6 {
      for columns in -10...10 {
        best = max(best, correlation(with: other, shiftedBy: columns, rows))
      }
    }
    return best
  }
}

/// Counts colours by their two differences from grey, each sample shared among the four bins around it, so that a
/// slight change of tint moves the histogram slightly.
private struct PaletteCounter {
  private var counts = InlineArray<100, Float>(repeating: 0)
  private var total: Float = 0

  mutating func add(blueDifference: Float, redDifference: Float) {
    let (blue, blueShare) = PaletteCounter.bin(blueDifference)
    let (red, redShare) = PaletteCounter.bin(redDifference)
    let first = blue * SceneSignature.bins + red
    counts[first] += (1 - blueShare) * (1 - redShare)
    counts[first + 1] += (1 - blueShare) * redShare
    counts[first + SceneSignature.bins] += blueShare * (1 - redShare)
    counts[first + SceneSignature.bins + 1] += blueShare * redShare
    total += 1
  }

  var shares: InlineArray<100, UInt16> {
    InlineArray { UInt16(min(counts[$0] / max(total, 1) * 65_535, 65_535)) }
  }

  /// The lower of the two bins around a difference, and the upper one's share. Differences beyond ±64 are rare and
  /// count as ±64, which leaves more bins for skin, walls and sky.
  private static func bin(_ difference: Float) -> (lower: Int, upperShare: Float) {
    let last = Float(SceneSignature.bins - 1)
    let position = min(max((difference + 64) / 128 * last, 0), last)
    let lower = min(Int(position), SceneSignature.bins - 2)
    return (lower, position - Float(lower))
  }
}
