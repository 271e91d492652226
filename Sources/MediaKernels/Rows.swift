/// What a plane is made of.
public enum SampleType: Sendable { case byte, word }

/// Adds up rows: `output[x] = Σ weights[k] · row k [x]` for `count` samples. Row k begins `k * stride` bytes behind
/// `base`; the stride may be negative. Multiply-adds: `rows * count`.
public func addRows(
  _ type: SampleType, base: UnsafeRawPointer, stride: Int, rows: Int, weights: UnsafePointer<Float>, count: Int,
  into output: UnsafeMutablePointer<Float>
) {
  switch type {
  case .byte: addRows(UInt8.self, base, stride, rows, weights, count, output)
  case .word: addRows(UInt16.self, base, stride, rows, weights, count, output)
  }
}

/// A number that a plane may hold.
private protocol Sample: BitwiseCopyable {
  var asFloat: Float { get }
}

extension UInt8: Sample {
  @inline(__always) fileprivate var asFloat: Float { Float(self) }
}
extension UInt16: Sample {
  @inline(__always) fileprivate var asFloat: Float { Float(self) }
}

/// Four rows at a time, so that the sums travel to memory once for four rows. Written for the loop vectoriser.
@inline(__always)
private func addRows<S: Sample>(
  _: S.Type, _ base: UnsafeRawPointer, _ stride: Int, _ rows: Int, _ weights: UnsafePointer<Float>, _ count: Int,
  _ output: UnsafeMutablePointer<Float>
) {
  func row(_ index: Int) -> UnsafePointer<S> { (base + index * stride).assumingMemoryBound(to: S.self) }
  var done = 0
  switch rows & 3 {
  case 1:
    let (a, p) = (row(0), weights[0])
    for x in 0..<count { output[x] = a[x].asFloat * p }
    done = 1
  case 2:
    let (a, p, b, q) = (row(0), weights[0], row(1), weights[1])
    for x in 0..<count { output[x] = a[x].asFloat * p + b[x].asFloat * q }
    done = 2
  case 3:
    let (a, p, b, q, c, r) = (row(0), weights[0], row(1), weights[1], row(2), weights[2])
    for x in 0..<count { output[x] = a[x].asFloat * p + b[x].asFloat * q + c[x].asFloat * r }
    done = 3
  default:
    let (a, p, b, q) = (row(0), weights[0], row(1), weights[1])
    let (c, r, d, s) = (row(2), weights[2], row(3), weights[3])
    for x in 0..<count {
      output[x] = a[x].asFloat * p + b[x].asFloat * q + c[x].asFloat * r + d[x].asFloat * s
    }
    done = 4
  }
  while done < rows {
    let (a, p, b, q) = (row(done), weights[done], row(done + 1), weights[done + 1])
    let (c, r, d, s) = (row(done + 2), weights[done + 2], row(done + 3), weights[done + 3])
    for x in 0..<count {
      output[x] += a[x].asFloat * p + b[x].asFloat * q + c[x].asFloat * r + d[x].asFloat * s
    }
    done += 4
  }
}

/// Takes every `step`-th float: `output[x] = row[x * step]`.
public func takeEvery(
  _ step: Int, of row: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>
) {
  for x in 0..<count { output[x] = row[x * step] }
}

/// From three code values to RGB in 0...255: a matrix and an offset, fitted to one pixel format.
public struct ColourTransform: Sendable, Hashable {
  public var red: SIMD4<Float>
  public var green: SIMD4<Float>
  public var blue: SIMD4<Float>

  /// Each row: the factors of the three components, then the offset.
  public init(red: SIMD4<Float>, green: SIMD4<Float>, blue: SIMD4<Float>) {
    self.red = red
    self.green = green
    self.blue = blue
  }
}

/// One colour of a row: `output[x] = (clamp(row · (a, b, c, 1), 0...255) - mean) * scale`.
public func mixColour(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>, row: SIMD4<Float>, count: Int,
  mean: Float, scale: Float, into output: UnsafeMutablePointer<Float>
) {
  let (p, q, r, s) = (row.x, row.y, row.z, row.w)
  for x in 0..<count {
    let value = a[x] * p + b[x] * q + c[x] * r + s
    let high: Float = value < 255 ? value : 255
    let kept: Float = high > 0 ? high : 0
    output[x] = (kept - mean) * scale
  }
}

/// Blends a row with a constant: `output[x] = output[x] · k + constant · (1 - k)` with `k = coverage[x] · share`.
public func coverRow(
  _ output: UnsafeMutablePointer<Float>, coverage: UnsafePointer<Float>, share: Float, constant: Float, count: Int
) {
  for x in 0..<count {
    let kept = coverage[x] * share
    output[x] = output[x] * kept + constant * (1 - kept)
  }
}

/// Writes a row into a column: `output[x * stride] = row[x]`.
public func scatter(_ row: UnsafePointer<Float>, count: Int, stride: Int, into output: UnsafeMutablePointer<Float>) {
  for x in 0..<count { output[x * stride] = row[x] }
}
