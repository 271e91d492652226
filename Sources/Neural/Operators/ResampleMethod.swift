/// The neighbours each position of a resampled axis is mixed from.
package struct ResampledAxis: Sendable {
  package let axis: Int
  /// Neighbours per position.
  package let taps: Int
  package let indices: [Int]
  package let weights: [Float]
  /// Positions that lie outside the input and are to be extrapolated.
  package let outside: [Bool]
}

/// How `Resize` finds the place of an output element in the input, and what it mixes there.
package struct ResampleMethod: Sendable {
  package enum Coordinates: String, Sendable {
    case halfPixel = "half_pixel"
    case symmetric = "half_pixel_symmetric"
    case pytorch = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric = "asymmetric"
    case cropAndResize = "tf_crop_and_resize"
  }

  package enum Interpolation: String, Sendable {
    case nearest, linear, cubic
  }

  package enum Rounding: String, Sendable {
    case preferFloor = "round_prefer_floor"
    case preferCeiling = "round_prefer_ceil"
    case floor, ceil
  }

  package let coordinates: Coordinates
  package let interpolation: Interpolation
  package let rounding: Rounding
  package let excludesOutside: Bool
  /// When shrinking, widens the kernel so that every input element counts.
  package let antialiases: Bool
  package let cubicCoefficient: Double

  package init(_ context: NodeContext) throws(ModelError) {
    func named<T: RawRepresentable<String>>(_ attribute: String, _ fallback: T) throws(ModelError) -> T {
      let text = try context.string(attribute, default: fallback.rawValue)
      guard let value = T(rawValue: text) else {
        throw context.failure(
          .unsupported, "\(attribute) `\(text)` is not supported; export with `\(fallback.rawValue)`")
      }
      return value
    }
    coordinates = try named("coordinate_transformation_mode", .halfPixel)
    interpolation = try named("mode", .nearest)
    rounding = try named("nearest_mode", .preferFloor)
    excludesOutside = try context.flag("exclude_outside")
    antialiases = try context.flag("antialias")
    cubicCoefficient = Double(try context.float("cubic_coeff_a", default: -0.75))
  }

  /// Neighbours on one side of a place.
  private func reach(scale: Double) -> Int {
    let support = interpolation == .cubic ? 2.0 : 1.0
    return antialiases && scale < 1 ? Int((support / max(scale, 1e-9)).rounded(.up)) : Int(support)
  }

  package func widestReach(scale: Double) -> Int { interpolation == .nearest ? 1 : 2 * reach(scale: scale) }

  package func axis(
    _ axis: Int, inputs: Int, outputs: Int, scale: Double, region: (start: Double, end: Double)
  ) -> ResampledAxis {
    let taps = widestReach(scale: scale)
    var indices: [Int] = []
    var weights: [Float] = []
    var outside: [Bool] = []
    for position in 0..<outputs {
      let place = place(of: position, inputs: inputs, outputs: outputs, scale: scale, region: region)
      outside.append(coordinates == .cropAndResize && (place < 0 || place > Double(inputs - 1)))
      let bounded = place.isFinite ? min(max(place, -Double(Limits.elements)), Double(Limits.elements)) : 0
      if interpolation == .nearest {
        indices.append(min(max(Int(rounded(bounded)), 0), inputs - 1))
        weights.append(1)
        continue
      }
      let first = Int(bounded.rounded(.down)) - taps / 2 + 1
      let stretch = antialiases ? min(scale, 1) : 1
      var factors = (first..<first + taps).map { kernel((Double($0) - bounded) * stretch) }
      if excludesOutside {
        for tap in 0..<taps where first + tap < 0 || first + tap >= inputs { factors[tap] = 0 }
      }
      let sum = factors.reduce(0, +)
      if excludesOutside || antialiases, sum != 0 { factors = factors.map { $0 / sum } }
      for tap in 0..<taps {
        indices.append(min(max(first + tap, 0), inputs - 1))
        weights.append(Float(factors[tap]))
      }
    }
    return ResampledAxis(axis: axis, taps: taps, indices: indices, weights: weights, outside: outside)
  }

  /// Where an output element lies among the input elements.
  private func place(
    of position: Int, inputs: Int, outputs: Int, scale: Double, region: (start: Double, end: Double)
  ) -> Double {
    let (x, last) = (Double(position), Double(inputs - 1))
    let resized = scale * Double(inputs)
    switch coordinates {
    case .halfPixel: return (x + 0.5) / scale - 0.5
    case .symmetric:
      let adjustment = Double(outputs) / resized
      return Double(inputs) / 2 * (1 - adjustment) + (x + 0.5) / scale - 0.5
    case .pytorch: return outputs > 1 ? (x + 0.5) / scale - 0.5 : 0
    case .alignCorners: return resized == 1 ? 0 : x * last / (resized - 1)
    case .asymmetric: return x / scale
    case .cropAndResize:
      guard outputs > 1 else { return (region.start + region.end) / 2 * last }
      return region.start * last + x * (region.end - region.start) * last / Double(outputs - 1)
    }
  }

  private func rounded(_ place: Double) -> Double {
    switch rounding {
    case .floor: return place.rounded(.down)
    case .ceil: return place.rounded(.up)
    case .preferFloor: return (place - 0.5).rounded(.up)
    case .preferCeiling: return (place + 0.5).rounded(.down)
    }
  }

  /// The weight of a neighbour at this distance: a triangle, or Keys' cubic.
  private func kernel(_ distance: Double) -> Double {
    let d = abs(distance)
    guard interpolation == .cubic else { return max(0, 1 - d) }
    let a = cubicCoefficient
    if d <= 1 { return ((a + 2) * d - (a + 3)) * d * d + 1 }
    if d < 2 { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a }
    return 0
  }
}
