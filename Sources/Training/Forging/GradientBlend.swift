internal import Foundation

/// Gradient-domain blending: inside a region the result has the source's gradients, on its rim the target's colours
/// (Pérez, Gangnet, Blake 2003, "Poisson image editing").
///
/// What is solved for is the correction h = result − source. It is harmonic, Δh = 0 with the five-point Laplacian, and
/// equals target − source on the rim. From coarse grids to fine ones, each by successive over-relaxation.
enum GradientBlend {
  /// The source with its colours bent to meet the target's at the rim of the region; outside it, the target.
  ///
  /// - Parameters:
  ///   - region: pixels above one half are solved for; those at the picture's edge are not.
  ///   - tolerance: sweeps end when no value changes by more than this, in levels of 0...255.
  static func blend(_ source: Canvas, into target: Canvas, region: Plane, tolerance: Float = 0.02) -> Canvas {
    var level = Level(width: source.width, height: source.height)
    let (own, wanted) = (source.pixels.span, target.pixels.span)
    for y in 0..<source.height {
      for x in 0..<source.width {
        let index = y * source.width + x
        let isEdge = x == 0 || y == 0 || x == source.width - 1 || y == source.height - 1
        level.isFree[index] = !isEdge && region.pixels[index] > 0.5
        level.values[index] = wanted[index] - own[index]
      }
    }
    level.solve(tolerance: tolerance)
    var result = target
    for index in result.pixels.indices where level.isFree[index] {
      result.pixels[index] = source.pixels[index] + level.values[index]
    }
    return result
  }

  /// One grid: values that are given and values that are wanted.
  struct Level {
    let width: Int
    let height: Int
    var isFree: [Bool]
    var values: [SIMD4<Float>]

    init(width: Int, height: Int) {
      (self.width, self.height) = (width, height)
      isFree = Array(repeating: false, count: width * height)
      values = Array(repeating: .zero, count: width * height)
    }

    mutating func solve(tolerance: Float) {
      let free = isFree.indices.filter { isFree[$0] }
      guard !free.isEmpty else { return }
      if free.count > 64, min(width, height) > 16 {
        var coarse = coarser()
        coarse.solve(tolerance: tolerance)
        // A coarse value is the first guess for its four pixels.
        for index in free { values[index] = coarse.values[(index / width / 2) * coarse.width + index % width / 2] }
      } else {
        for index in free { values[index] = .zero }
      }
      relax(free, tolerance: tolerance)
    }

    /// Half the size. A pixel is free if all four below it are; otherwise it has the mean of those given.
    private func coarser() -> Level {
      var coarse = Level(width: (width + 1) / 2, height: (height + 1) / 2)
      for y in 0..<coarse.height {
        for x in 0..<coarse.width {
          var sum = SIMD4<Float>.zero
          var given: Float = 0
          for j in 2 * y..<min(2 * y + 2, height) {
            for i in 2 * x..<min(2 * x + 2, width) where !isFree[j * width + i] {
              sum += values[j * width + i]
              given += 1
            }
          }
          coarse.isFree[y * coarse.width + x] = given == 0
          if given > 0 { coarse.values[y * coarse.width + x] = sum / given }
        }
      }
      return coarse
    }

    private mutating func relax(_ free: [Int], tolerance: Float) {
      // The best factor for a square of this many pixels (Young 1954).
      let side = Double(free.count).squareRoot() + 1
      let factor = Float(2 / (1 + sin(.pi / side)))
      let places = free.span
      let width = width
      var values = values.mutableSpan
      for _ in 0..<400 {
        var largest = SIMD4<Float>.zero
        for place in 0..<places.count {
          let index = places[place]
          let around = values[index - 1] + values[index + 1] + values[index - width] + values[index + width]
          let change = (around * 0.25 - values[index]) * factor
          values[index] += change
          largest = largest.larger(change.magnitudes)
        }
        if largest.largest < tolerance { break }
      }
    }
  }
}
