internal import Foundation

/// Maps values to places along an axis, with marks at round numbers.
struct AxisScale {
  let ticks: [Double]
  private let low: Double
  private let high: Double
  private let from: Double
  private let to: Double
  private let step: Double

  /// - Parameters:
  ///   - startsAtTick: whether the axis is widened to begin and end at a mark.
  init(covering range: ClosedRange<Double>, from: Double, to: Double, startsAtTick: Bool) {
    let span = max(range.upperBound - range.lowerBound, .leastNormalMagnitude)
    // Marks stand at 1, 2 or 5 times a power of ten, four to nine of them.
    let rough = span / 5
    let power = pow(10, floor(log10(rough)))
    let step = power * ([1, 2, 5, 10].first { $0 * power >= rough * 0.999 } ?? 10)
    let first = floor(range.lowerBound / step + 1e-9)
    let last = ceil(range.upperBound / step - 1e-9)
    (low, high) = startsAtTick ? (first * step, last * step) : (range.lowerBound, range.upperBound)
    (self.from, self.to, self.step) = (from, to, step)
    let (least, most) = (low - step * 1e-6, high + step * 1e-6)
    ticks = stride(from: first, through: last, by: 1).map { $0 * step }.filter { $0 >= least && $0 <= most }
  }

  func position(_ value: Double) -> Double { from + (value - low) / (high - low) * (to - from) }

  /// The mark's number, with as many decimals as its neighbours need, thousands as `k`.
  func label(_ tick: Double) -> String {
    if step >= 1000 { return tick == 0 ? "0" : Self.text(tick / 1000, decimals: 0) + "k" }
    return Self.text(tick, decimals: max(0, Int(ceil(-log10(step) - 1e-9))))
  }

  private static func text(_ value: Double, decimals: Int) -> String {
    String(format: "%.\(min(decimals, 9))f", value == 0 ? 0 : value)
  }
}
