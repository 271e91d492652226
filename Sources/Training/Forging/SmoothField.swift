/// Displacements that change smoothly over a picture: random vectors on a coarse grid, joined by smooth steps.
struct SmoothField: Sendable {
  private let grid: Raster<SIMD2<Float>>
  private let cells: SIMD2<Float>

  /// - Parameters:
  ///   - cells: grid cells along each axis.
  ///   - amplitude: the largest displacement along each axis, in pixels.
  init(width: Int, height: Int, cells count: Int, amplitude: Double, using random: inout SeededRandom) {
    var grid = Raster<SIMD2<Float>>(width: count + 1, height: count + 1)
    for index in grid.pixels.indices {
      grid.pixels[index] = SIMD2(
        Float(amplitude * random.uniform(-1, 1)), Float(amplitude * random.uniform(-1, 1)))
    }
    self.grid = grid
    cells = SIMD2(Float(count) / Float(width), Float(count) / Float(height))
  }

  /// The displacement at a point of the picture, in pixels.
  @inline(__always) func callAsFunction(_ x: Float, _ y: Float) -> SIMD2<Float> {
    let last = Float(grid.width - 1)
    let (u, v) = (Swift.min(Swift.max(x * cells.x, 0), last), Swift.min(Swift.max(y * cells.y, 0), last))
    let (left, top) = (Swift.min(Int(u), grid.width - 2), Swift.min(Int(v), grid.height - 2))
    let (p, q) = (u - Float(left), v - Float(top))
    let (s, t) = (p * p * (3 - 2 * p), q * q * (3 - 2 * q))
    let high = grid[left, top] * (1 - s) + grid[left + 1, top] * s
    let low = grid[left, top + 1] * (1 - s) + grid[left + 1, top + 1] * s
    return high * (1 - t) + low * t
  }
}

extension Raster {
  /// Each pixel taken from where the field points.
  func displaced(by field: SmoothField) -> Raster {
    warped(width: width, height: height) { x, y in SIMD2(x, y) + field(x, y) }
  }
}
