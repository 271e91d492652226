extension Picture {
  /// Reads a still picture, or the first frame of a video, of any format that can be read. Upright, with square pixels.
  ///
  /// - Throws: `MediaError`, also for a still that is cut short.
  public init(contentsOf path: String) throws(MediaError) {
    let location = Location(path)
    let reader = try VideoReader(location)
    guard let frame = try reader.next() else {
      throw MediaError(.damaged, "\(location) holds no picture")
    }
    // Stills end after one frame, and then tell whether it was whole.
    if reader.info.isStill { _ = try reader.next() }
    self.init(frame)
  }

  /// The shown picture of a frame, or the part of it in `area`, scaled to `size` (by areas or linearly).
  ///
  /// - Parameters:
  ///   - area: in pixels of the shown picture; all of it by default. What lies outside is black.
  ///   - size: by default the area's own, rounded.
  ///   - sampler: give one to keep its buffers from picture to picture.
  public init(
    _ frame: Frame, area: Rectangle? = nil, size: PixelSize? = nil, sampler: FrameSampler = FrameSampler()
  ) {
    let area = area ?? Rectangle(frame.size)
    let size =
      size ?? PixelSize(width: max(1, Int(area.width.rounded())), height: max(1, Int(area.height.rounded())))
    var planes = [Float](repeating: 0, count: 3 * size.pixels)
    var span = planes.mutableSpan
    sampler.sample(area, of: frame, to: size, mean: 0, scale: 1, outside: 0, into: &span)
    self.init(planarRGB: span.span, size: size)
  }

  /// Rounds numbers of 0...255 in three planes, red first: shape (3, height, width).
  ///
  /// - Precondition: there are `3 * size.pixels` numbers.
  public init(planarRGB planes: Span<Float>, size: PixelSize) {
    precondition(planes.count == 3 * size.pixels, "the planes have another size")
    self.init(size: size)
    let pixels = size.pixels
    withMutableBytes { bytes in
      for channel in 0..<3 {
        let plane = channel * pixels
        for index in 0..<pixels {
          bytes[3 * index + channel] = UInt8(min(max(planes[plane + index], 0), 255) + 0.5)
        }
      }
    }
  }
}
