/// The weights with which the samples along one axis of a plane make the samples of a smaller or larger one.
///
/// Where an output sample covers more than one input sample it is their average weighted by overlap (OpenCV's
/// INTER_AREA); where it covers less, it is interpolated between the two nearest centres (INTER_LINEAR). Samples beyond
/// the ends do not count: the last ones stand in for them.
public struct AxisFilter: ~Copyable {
  /// Weights per output sample in `weights`, a multiple of 2, 4 or 8 for the horizontal loop; unused ones are zero.
  public private(set) var taps = 2
  public private(set) var count = 0
  /// The first input sample used at all, and how many from there on.
  public private(set) var lowest = 0
  public private(set) var span = 0
  private var starts = Scratch<Int32>(filledWith: 0)
  private var counts = Scratch<Int32>(filledWith: 0)
  private var weights = Scratch<Float>(filledWith: 0)

  public init() {}

  /// How many input samples make an output sample.
  public enum Support: Sendable {
    /// All that it covers when shrinking, the two nearest when enlarging.
    case area
    /// The two nearest.
    case linear
    /// The four nearest, weighted by Keys' cubic with a = −0.75.
    case cubic
  }

  /// Output sample i covers the input from `origin + i * step` to `origin + (i + 1) * step`; input sample k covers
  /// [k, k + 1) and there are `length` of them. A negative `step` mirrors.
  public mutating func build(
    _ support: Support = .area, origin: Double, step: Double, count: Int, length: Int
  ) {
    self.count = count
    starts.reserve(count, filledWith: 0)
    counts.reserve(count, filledWith: 0)
    let averages = support == .area && abs(step) > 1
    let widest =
      averages ? Int(min(abs(step), Double(length)).rounded(.up)) + 1 : support == .cubic ? 4 : 2
    taps = widest <= 2 ? 2 : widest <= 4 ? 4 : (widest + 7) / 8 * 8
    weights.reserve(count * taps, filledWith: 0)
    weights.base.update(repeating: 0, count: count * taps)
    var first = length
    var end = 0
    for index in 0..<count {
      let a = origin + Double(index) * step
      let b = origin + Double(index + 1) * step
      let row = weights.base + index * taps
      let (start, used) =
        averages
        ? Self.average(from: min(a, b), to: max(a, b), length: length, into: row)
        : support == .cubic
          ? Self.interpolateCubically(at: (a + b) / 2, length: length, into: row)
          : Self.interpolate(at: (a + b) / 2, length: length, into: row)
      starts.base[index] = Int32(start)
      counts.base[index] = Int32(used)
      first = min(first, start)
      end = max(end, start + used)
    }
    lowest = min(first, length - 1)
    span = max(1, end - lowest)
  }

  private static func average(
    from: Double, to: Double, length: Int, into weights: UnsafeMutablePointer<Float>
  ) -> (start: Int, used: Int) {
    let low = max(from, 0)
    let high = min(to, Double(length))
    guard high - low > 1e-9 else {
      weights[0] = 1
      return (high <= 0 ? 0 : length - 1, 1)
    }
    let start = min(Int(low), length - 1)
    let end = min(length, max(start + 1, Int((high - 1e-9).rounded(.up))))
    let share = 1 / (high - low)
    for sample in start..<end {
      weights[sample - start] = Float((min(Double(sample + 1), high) - max(Double(sample), low)) * share)
    }
    return (start, end - start)
  }

  private static func interpolate(
    at centre: Double, length: Int, into weights: UnsafeMutablePointer<Float>
  ) -> (start: Int, used: Int) {
    let position = min(max(centre - 0.5, 0), Double(length - 1))
    let start = min(Int(position), max(length - 2, 0))
    let share = Float(position - Double(start))
    weights[0] = 1 - share
    guard share > 0, length > 1 else { return (start, 1) }
    weights[1] = share
    return (start, 2)
  }

  /// Keys 1981: weights of the samples at distances 1 + t, t, 1 − t and 2 − t; those beyond an end fall to its sample.
  private static func interpolateCubically(
    at centre: Double, length: Int, into weights: UnsafeMutablePointer<Float>
  ) -> (start: Int, used: Int) {
    let position = min(max(centre - 0.5, -1), Double(length))
    let nearest = Int(position.rounded(.down))
    let t = position - Double(nearest)
    let a = -0.75
    func near(_ x: Double) -> Double { ((a + 2) * x - (a + 3)) * x * x + 1 }
    func far(_ x: Double) -> Double { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    let start = min(max(nearest - 1, 0), max(length - 4, 0))
    for (tap, weight) in [far(1 + t), near(t), near(1 - t), far(2 - t)].enumerated() {
      weights[min(max(nearest - 1 + tap, 0), length - 1) - start] += Float(weight)
    }
    return (start, min(4, length - start))
  }

  /// The first input sample of output `index`, and the number of those that count.
  @inline(__always) public func range(of index: Int) -> (start: Int, used: Int) {
    (Int(starts.base[index]), Int(counts.base[index]))
  }

  @inline(__always) public func weights(of index: Int) -> UnsafePointer<Float> {
    UnsafePointer(weights.base + index * taps)
  }

  /// Applies the filter along a row that begins with input sample `lowest`. Up to `taps` floats behind the row's end are
  /// read, with weight zero: they must exist and be finite.
  public func apply(to row: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>) {
    let row = row - lowest
    let starts = starts.base
    let weights = weights.base
    switch taps {
    case 2:
      for index in 0..<count {
        let sample = row + Int(starts[index])
        output[index] = sample[0] * weights[2 * index] + sample[1] * weights[2 * index + 1]
      }
    case 4:
      for index in 0..<count {
        let sample = UnsafeRawPointer(row + Int(starts[index])).loadUnaligned(as: SIMD4<Float>.self)
        let weight = UnsafeRawPointer(weights + 4 * index).loadUnaligned(as: SIMD4<Float>.self)
        let product = sample * weight
        let pairs = product.lowHalf + product.highHalf
        output[index] = pairs.x + pairs.y
      }
    default:
      for index in 0..<count {
        let sample = UnsafeRawPointer(row + Int(starts[index]))
        let weight = UnsafeRawPointer(weights + taps * index)
        var sum = SIMD8<Float>()
        var offset = 0
        while offset < 4 * taps {
          sum +=
            sample.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
            * weight.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
          offset &+= 32
        }
        let fours = sum.lowHalf + sum.highHalf
        let pairs = fours.lowHalf + fours.highHalf
        output[index] = pairs.x + pairs.y
      }
    }
  }
}
