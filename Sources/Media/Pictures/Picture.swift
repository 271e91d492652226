/// A picture in memory: 8-bit RGB, row by row from the top, without padding. Shape (height, width, 3).
public struct Picture: Sendable, Hashable {
  public let size: PixelSize
  /// Red, green and blue of the first pixel, of the second, and so on; `3 * size.pixels` of them. Its `span` is the
  /// quick way in.
  public private(set) var bytes: [UInt8]

  public var width: Int { size.width }
  public var height: Int { size.height }

  /// - Precondition: `bytes` holds `3 * size.pixels` numbers and the size is not negative.
  public init(size: PixelSize, bytes: [UInt8]) {
    precondition(size.width >= 0 && size.height >= 0 && bytes.count == 3 * size.pixels, "the bytes have another size")
    self.size = size
    self.bytes = bytes
  }

  /// A picture of one colour.
  public init(size: PixelSize, filledWith colour: SIMD3<UInt8> = SIMD3(0, 0, 0)) {
    var bytes = [UInt8](repeating: colour.x, count: 3 * size.pixels)
    if colour != SIMD3(repeating: colour.x) {
      for index in bytes.indices { bytes[index] = colour[index % 3] }
    }
    self.init(size: size, bytes: bytes)
  }

  /// The colour of one pixel, red first.
  public subscript(x: Int, y: Int) -> SIMD3<UInt8> {
    get {
      let first = offset(x, y)
      return SIMD3(bytes[first], bytes[first + 1], bytes[first + 2])
    }
    set {
      let first = offset(x, y)
      (bytes[first], bytes[first + 1], bytes[first + 2]) = (newValue.x, newValue.y, newValue.z)
    }
  }

  private func offset(_ x: Int, _ y: Int) -> Int {
    precondition(x >= 0 && x < width && y >= 0 && y < height, "(\(x), \(y)) lies outside a picture of \(size)")
    return 3 * (y * width + x)
  }

  /// Lends the bytes for writing.
  public mutating func withMutableBytes<R, E: Error>(
    _ body: (inout MutableSpan<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    var span = bytes.mutableSpan
    return try body(&span)
  }

  /// Copies `part`, all of which must lie inside this picture, with its corner at (`x`, `y`).
  public mutating func paste(_ part: Picture, x: Int, y: Int) {
    precondition(
      x >= 0 && y >= 0 && x + part.width <= width && y + part.height <= height,
      "a picture of \(part.size) at (\(x), \(y)) does not fit into one of \(size)")
    for row in 0..<part.height {
      let start = 3 * ((y + row) * width + x)
      let source = 3 * row * part.width
      bytes.replaceSubrange(start..<start + 3 * part.width, with: part.bytes[source..<source + 3 * part.width])
    }
  }

  /// The pixels from (`x`, `y`) on, `size` of them. Beyond an edge the edge's own pixels are repeated.
  public func cropped(x: Int, y: Int, to size: PixelSize) -> Picture {
    precondition(self.size.pixels > 0 && size.width >= 0 && size.height >= 0, "there is nothing to crop")
    if x == 0, y == 0, size == self.size { return self }
    var crop = Picture(size: size)
    let source = bytes.span
    crop.withMutableBytes { target in
      for row in 0..<size.height {
        let line = 3 * width * min(max(y + row, 0), height - 1)
        for column in 0..<size.width {
          let from = line + 3 * min(max(x + column, 0), width - 1)
          let to = 3 * (row * size.width + column)
          for channel in 0..<3 { target[to + channel] = source[from + channel] }
        }
      }
    }
    return crop
  }

  /// The picture as a mirror shows it.
  public var mirrored: Picture {
    var mirror = self
    let source = bytes.span
    mirror.withMutableBytes { target in
      for row in 0..<height {
        for column in 0..<width {
          let from = 3 * (row * width + width - 1 - column)
          let to = 3 * (row * width + column)
          for channel in 0..<3 { target[to + channel] = source[from + channel] }
        }
      }
    }
    return mirror
  }
}
