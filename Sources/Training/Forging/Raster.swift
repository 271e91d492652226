/// What pixels of a raster may hold: something that can be averaged.
protocol Mixable: BitwiseCopyable, Sendable {
  static var zero: Self { get }
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, factor: Float) -> Self
}

extension Float: Mixable {}
extension SIMD2: Mixable where Scalar == Float {}
extension SIMD4: Mixable where Scalar == Float {}

/// Rows of floating-point pixels, from the top and without padding: shape (height, width). Pixel (0, 0) covers [0, 1) in
/// both directions, so that its centre is at (0.5, 0.5).
struct Raster<Pixel: Mixable>: Sendable {
  let width: Int
  let height: Int
  var pixels: [Pixel]

  init(width: Int, height: Int, filledWith pixel: Pixel = .zero) {
    precondition(width > 0 && height > 0, "a raster has pixels")
    (self.width, self.height) = (width, height)
    pixels = Array(repeating: pixel, count: width * height)
  }

  subscript(x: Int, y: Int) -> Pixel {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }

  /// A raster of another kind and the same size, pixel by pixel.
  func map<Other: Mixable>(_ body: (Pixel) -> Other) -> Raster<Other> {
    var result = Raster<Other>(width: width, height: height)
    let source = pixels.span
    var target = result.pixels.mutableSpan
    for index in 0..<source.count { target[index] = body(source[index]) }
    return result
  }

  /// Where each output pixel comes from is what `origin` says for its centre; interpolated linearly, and beyond the
  /// edges the edge's own pixels go on.
  func warped(width: Int, height: Int, _ origin: (_ x: Float, _ y: Float) -> SIMD2<Float>) -> Raster {
    var result = Raster(width: width, height: height)
    let source = pixels.span
    let (right, bottom) = (Float(self.width - 1), Float(self.height - 1))
    var target = result.pixels.mutableSpan
    for y in 0..<height {
      for x in 0..<width {
        let from = origin(Float(x) + 0.5, Float(y) + 0.5)
        let (u, v) = (min(max(from.x - 0.5, 0), right), min(max(from.y - 0.5, 0), bottom))
        let (left, top) = (Int(u), Int(v))
        let (p, q) = (u - Float(left), v - Float(top))
        let (next, below) = (min(left + 1, self.width - 1), min(top + 1, self.height - 1))
        let (upper, lower) = (top * self.width, below * self.width)
        let high = source[upper + left] * (1 - p) + source[upper + next] * p
        let low = source[lower + left] * (1 - p) + source[lower + next] * p
        target[y * width + x] = high * (1 - q) + low * q
      }
    }
    return result
  }

  /// Scaled linearly.
  func resized(width: Int, height: Int) -> Raster {
    if width == self.width, height == self.height { return self }
    let (scaleX, scaleY) = (Float(self.width) / Float(width), Float(self.height) / Float(height))
    return warped(width: width, height: height) { x, y in SIMD2(x * scaleX, y * scaleY) }
  }
}

/// One number for each pixel: a mask, a weight.
typealias Plane = Raster<Float>

/// Red, green, blue and an unused fourth, 0...255, for each pixel: four lanes make warps and blurs one operation a pixel.
typealias Canvas = Raster<SIMD4<Float>>
