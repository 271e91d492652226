import Media

@testable import Faces

/// A picture in memory, sampled by plain area means: slow, obvious, and independent of the video side.
struct TestPicture: SampledPicture {
  let size: PixelSize
  /// Red, green and blue of each pixel, 0...255.
  let color: @Sendable (_ column: Int, _ row: Int) -> SIMD3<Float>

  init(width: Int, height: Int, color: @escaping @Sendable (_ column: Int, _ row: Int) -> SIMD3<Float>) {
    size = PixelSize(width: width, height: height)
    self.color = color
  }

  func sample(_ area: Rectangle, to target: PixelSize, into planes: inout MutableSpan<Float>) {
    for row in 0..<target.height {
      for column in 0..<target.width {
        let value = mean(
          x: area.x + area.width * Double(column) / Double(target.width), width: area.width / Double(target.width),
          y: area.y + area.height * Double(row) / Double(target.height), height: area.height / Double(target.height))
        let normalized = (value - Normalization.mean) * Normalization.scale
        for plane in 0..<3 { planes[plane * target.pixels + row * target.width + column] = normalized[plane] }
      }
    }
  }

  private func mean(x: Double, width: Double, y: Double, height: Double) -> SIMD3<Float> {
    var sum = SIMD3<Float>.zero
    for row in Int(y.rounded(.down))..<Int((y + height).rounded(.up)) where row >= 0 && row < size.height {
      let tall = min(Double(row + 1), y + height) - max(Double(row), y)
      for column in Int(x.rounded(.down))..<Int((x + width).rounded(.up)) where column >= 0 && column < size.width {
        let wide = min(Double(column + 1), x + width) - max(Double(column), x)
        sum += color(column, row) * Float(tall * wide)
      }
    }
    return sum / Float(width * height)
  }
}

extension TestPicture {
  /// Noise of large and small grain.
  static func noise(width: Int, height: Int, seed: UInt64 = 1) -> TestPicture {
    TestPicture(width: width, height: height) { column, row in
      func grain(_ cell: Int) -> SIMD3<Float> {
        let place = UInt64(column / cell) &* 0x9E37_79B9 &+ UInt64(row / cell) &* 0x85EB_CA6B &+ seed
        var random = SeededGenerator(seed: place &* 31)
        return SIMD3(
          .random(in: 0...127, using: &random), .random(in: 0...127, using: &random),
          .random(in: 0...127, using: &random))
      }
      return grain(11) + grain(3)
    }
  }
}
