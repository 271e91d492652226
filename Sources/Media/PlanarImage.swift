import MediaKernels

/// A picture as planes of numbers: shape (channels, height, width), row-major.
public struct PlanarImage: Sendable {
  public let size: PixelSize
  public let channels: Int
  public private(set) var values: [Float]

  public init(size: PixelSize, channels: Int = 3) {
    precondition(size.width > 0 && size.height > 0 && channels > 0, "a picture is not empty")
    self.size = size
    self.channels = channels
    values = Array(repeating: 0, count: channels * size.pixels)
  }

  /// Lends the values for writing.
  public mutating func withValues<R>(_ body: (inout MutableSpan<Float>) -> R) -> R {
    var span = values.mutableSpan
    return body(&span)
  }

  /// Scales to `size`, by area when shrinking and linearly when enlarging, into (channels, height, width).
  public func resized(to size: PixelSize, using resizer: PlanarResizer, into output: inout MutableSpan<Float>) {
    resizer.resize(values.span, of: self.size, channels: channels, to: size, into: &output)
  }
}

/// Scales planar pictures. One resizer serves one thread and allocates nothing once it has seen the largest size.
@safe public final class PlanarResizer {
  private var across = AxisFilter()
  private var down = AxisFilter()
  private var accumulated = Scratch<Float>(filledWith: 0)

  public init() {}

  /// Scales `source`, shape (channels, height, width), to `size`: average over the covered area when shrinking, between
  /// pixel centres when enlarging, each axis by itself.
  ///
  /// - Precondition: both spans hold channels · width · height numbers of their size.
  public func resize(
    _ source: Span<Float>, of sourceSize: PixelSize, channels: Int = 3, to size: PixelSize,
    into output: inout MutableSpan<Float>
  ) {
    precondition(source.count == channels * sourceSize.pixels, "the source has another size")
    precondition(output.count == channels * size.pixels && size.pixels > 0, "the output has another size")
    across.build(
      origin: 0, step: Double(sourceSize.width) / Double(size.width), count: size.width, length: sourceSize.width)
    down.build(
      origin: 0, step: Double(sourceSize.height) / Double(size.height), count: size.height, length: sourceSize.height)
    accumulated.reserve(across.span + across.taps + 8, filledWith: 0)
    unsafe source.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { output in
        guard let from = source.baseAddress, let to = output.baseAddress else { return }
        for channel in 0..<channels {
          let plane = unsafe from + channel * sourceSize.pixels
          for line in 0..<size.height {
            let (start, used) = down.range(of: line)
            unsafe addRows(
              .float, base: UnsafeRawPointer(plane + start * sourceSize.width + across.lowest),
              stride: 4 * sourceSize.width, rows: used, weights: down.weights(of: line), count: across.span,
              into: accumulated.base)
            unsafe across.apply(to: accumulated.base, into: to + channel * size.pixels + line * size.width)
          }
        }
      }
    }
  }
}
