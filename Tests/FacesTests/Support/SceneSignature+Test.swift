@testable import Faces

/// A made-up scene: smooth patches of colour on an endless wall, the same for the same seed.
struct PaintedScene {
  private var waves: [(x: Double, y: Double, phase: Double, color: SIMD3<Float>)] = []
  private let base: SIMD3<Float>

  init(seed: UInt64, isGrey: Bool = false) {
    var random = SeededGenerator(seed: seed)
    func color(_ range: ClosedRange<Float>, _ random: inout SeededGenerator) -> SIMD3<Float> {
      let grey = Float.random(in: range, using: &random)
      return isGrey
        ? SIMD3(repeating: grey)
        : SIMD3(grey, .random(in: range, using: &random), .random(in: range, using: &random))
    }
    base = color(70...180, &random)
    for _ in 0..<12 {
      waves.append(
        (
          .random(in: -9...9, using: &random), .random(in: -9...9, using: &random),
          .random(in: 0...6, using: &random), color(-28...28, &random)
        ))
    }
  }

  /// The colour at a place of the wall, in picture widths and heights.
  func color(x: Double, y: Double) -> SIMD3<Float> {
    var sum = base
    for wave in waves {
      // A parabola of the fractional part: smooth enough, and needs no trigonometry.
      let turn = wave.x * x + wave.y * y + wave.phase
      let part = turn - turn.rounded(.down)
      sum += Float(4 * part * (1 - part) * 2 - 1) * wave.color
    }
    return sum.clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 255))
  }

  /// The signature of the picture whose upper left corner is at (`x`, `y`).
  func signature(
    x: Double = 0, y: Double = 0, light: (SIMD3<Float>) -> SIMD3<Float> = { $0 }
  ) -> SceneSignature {
    SceneSignature(width: 192, height: 108) { column, row in
      light(color(x: x + Double(column) / 192, y: y + Double(row) / 108))
        .clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 255))
    }
  }
}

extension SceneSignature {
  /// A picture of one tone.
  static func tone(_ value: Float) -> SceneSignature {
    SceneSignature(width: 16, height: 16) { _, _ in SIMD3(repeating: value) }
  }
}

extension Detection {
  /// Faces before the same wall, so that nothing looks like a cut.
  static func test(_ faces: [Face], scene: SceneSignature = .tone(100)) -> Detection {
    Detection(faces: faces, ignored: 0, scene: scene)
  }
}
