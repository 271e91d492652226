import MediaKernels

/// How pixels between pixels are found.
public enum Interpolation: String, Sendable, CaseIterable {
  /// Each pixel is the mean of the area it covers when shrinking (OpenCV's INTER_AREA), and interpolated linearly when
  /// enlarging.
  case area
  /// Between the two nearest centres along each axis, also when shrinking, which then leaves jagged edges.
  case linear
  /// Between four centres along each axis with Keys' cubic of a = −0.75 (OpenCV's INTER_CUBIC), also when shrinking.
  case cubic
}

/// Cuts rectangles out of pictures and scales them. One serves one thread; its buffers are kept.
@safe public final class PictureSampler {
  private var across = AxisFilter()
  private var down = AxisFilter()
  private var accumulated = Scratch<Float>(filledWith: 0)
  private var taken = Scratch<Float>(filledWith: 0)
  private var row = Scratch<Float>(filledWith: 0)

  public init() {}

  /// `area` of the picture, scaled to `size`. Beyond an edge the edge's own pixels go on.
  ///
  /// - Precondition: picture, area and size are not empty.
  public func sample(
    _ area: Rectangle, of picture: Picture, to size: PixelSize, by interpolation: Interpolation = .area
  ) -> Picture {
    var result = Picture(size: size)
    result.withMutableBytes { bytes in
      sample(area, of: picture, to: size, by: interpolation) { channel, line, values in
        var index = 3 * line * size.width + channel
        for x in 0..<size.width {
          bytes[index] = UInt8(min(max(values[x], 0), 255) + 0.5)
          index += 3
        }
      }
    }
    return result
  }

  /// The same, row by row: `body` gets the channel (0 red), the line, and its `size.width` numbers, not rounded, which a
  /// cubic may carry past 0...255.
  public func sample(
    _ area: Rectangle, of picture: Picture, to size: PixelSize, by interpolation: Interpolation = .area,
    _ body: (_ channel: Int, _ line: Int, _ values: Span<Float>) -> Void
  ) {
    precondition(size.width > 0 && size.height > 0 && picture.size.pixels > 0, "there is nothing to sample")
    precondition(area.width > 0 && area.height > 0 && area.isFinite, "an area to sample is not empty")
    across.build(
      interpolation.support, origin: area.x, step: area.width / Double(size.width), count: size.width,
      length: picture.width)
    down.build(
      interpolation.support, origin: area.y, step: area.height / Double(size.height), count: size.height,
      length: picture.height)
    let count = 3 * across.span
    accumulated.reserve(count + 3 * across.taps + 8, filledWith: 0)
    taken.reserve(across.span + across.taps + 8, filledWith: 0)
    row.reserve(size.width, filledWith: 0)
    unsafe picture.bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      for line in 0..<size.height {
        let (start, used) = down.range(of: line)
        unsafe addRows(
          .byte, base: UnsafeRawPointer(base + 3 * (start * picture.width + across.lowest)), stride: 3 * picture.width,
          rows: used, weights: down.weights(of: line), count: count, into: accumulated.base)
        for channel in 0..<3 {
          unsafe takeEvery(3, of: accumulated.base + channel, count: across.span, into: taken.base)
          unsafe across.apply(to: taken.base, into: row.base)
          body(channel, line, unsafe UnsafeBufferPointer(start: row.base, count: size.width).span)
        }
      }
    }
  }
}

extension Interpolation {
  fileprivate var support: AxisFilter.Support {
    switch self {
    case .area: .area
    case .linear: .linear
    case .cubic: .cubic
    }
  }
}

extension Picture {
  /// The whole picture at another size; a `PictureSampler` is quicker for many.
  public func resized(to size: PixelSize, by interpolation: Interpolation = .area) -> Picture {
    PictureSampler().sample(Rectangle(self.size), of: self, to: size, by: interpolation)
  }
}
