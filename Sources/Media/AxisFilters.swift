import MediaKernels

/// Where the output samples of one axis lie in the stored picture: sample i covers `origin + i * step` to
/// `origin + (i + 1) * step`, in stored pixels.
struct AxisPlacement {
  var origin: Double
  var step: Double
}

/// Where an area of the shown picture lies in the stored one, axis by stored axis.
struct Placement {
  let x: AxisPlacement
  let y: AxisPlacement
  let storedHeight: Int

  init(_ area: Rectangle, of frame: Frame, to size: PixelSize) {
    let stored = frame.codedSize
    let shown = frame.size
    let orientation = frame.orientation
    storedHeight = stored.height
    let across = (origin: area.x, length: area.width, count: size.width, shown: shown.width)
    let down = (origin: area.y, length: area.height, count: size.height, shown: shown.height)
    x = Self.axis(orientation.swapsAxes ? down : across, stored: stored.width, mirrored: orientation.mirrorsX)
    y = Self.axis(orientation.swapsAxes ? across : down, stored: stored.height, mirrored: orientation.mirrorsY)
  }

  /// `shown` pixels of the shown picture are `stored` ones of the stored picture.
  private static func axis(
    _ shown: (origin: Double, length: Double, count: Int, shown: Int), stored: Int, mirrored: Bool
  ) -> AxisPlacement {
    let ratio = Double(stored) / Double(max(shown.shown, 1))
    let origin = shown.origin * ratio
    let step = shown.length * ratio / Double(shown.count)
    return mirrored
      ? AxisPlacement(origin: Double(stored) - origin, step: -step) : AxisPlacement(origin: origin, step: step)
  }
}

/// The filters of one axis, for luma and for chroma, and how much of each output sample lies inside the picture.
@safe struct AxisFilters: ~Copyable {
  private(set) var luma = AxisFilter()
  private(set) var chroma = AxisFilter()
  private var shares = Scratch<Float>(filledWith: 0)
  /// Whether any output sample lies partly outside.
  private(set) var isPartial = false
  private var placement = AxisPlacement(origin: 0, step: 1)
  private var count = 0
  private var isField = false

  /// Sets the placement for outputs of `count` samples from `length` stored pixels, and finds the coverage.
  mutating func prepare(_ placement: AxisPlacement, count: Int, _ length: Int, isField: Bool) {
    self.placement = placement
    self.count = count
    self.isField = isField
    shares.reserve(count, filledWith: 0)
    isPartial = false
    // A rounding error is not an edge.
    let tolerance = 1e-6 * abs(placement.step)
    for index in 0..<count {
      let a = placement.origin + Double(index) * placement.step
      let b = a + placement.step
      let inside = min(max(a, b), Double(length)) - max(min(a, b), 0)
      let isWhole = inside >= abs(placement.step) - tolerance
      unsafe shares.base[index] = isWhole ? 1 : Float(max(0, inside) / abs(placement.step))
      if !isWhole { isPartial = true }
    }
  }

  /// Builds the filter for luma (0) or chroma (1), which has `length` samples, one for 2^shift pixels.
  mutating func build(_ which: Int, length: Int, shift: Int, chromaOffset: Double) {
    let ratio = 1 / Double(1 << shift)
    var origin = placement.origin * ratio + chromaOffset
    var step = placement.step * ratio
    if isField {
      // Row k of the first field is row 2k of the frame: its centre 2k + 1/2 becomes k + 1/2.
      origin = origin / 2 + 0.25
      step /= 2
    }
    if which == 0 {
      luma.build(origin: origin, step: step, count: count, length: length)
    } else {
      chroma.build(origin: origin, step: step, count: count, length: length)
    }
  }

  /// The share of each output sample that lies inside the picture. Good until the next `prepare`.
  var coverage: UnsafePointer<Float> { unsafe UnsafePointer(shares.base) }
}
