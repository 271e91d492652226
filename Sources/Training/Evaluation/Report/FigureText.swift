internal import Foundation

/// How numbers are written in reports for people.
enum FigureText {
  static let missing = "–"

  static func number(_ value: Double?, decimals: Int = 3) -> String {
    value.map { String(format: "%.\(decimals)f", $0) } ?? missing
  }

  /// `.712 .. .893`
  static func interval(_ interval: Interval?, decimals: Int = 3) -> String {
    interval.map { number($0.low, decimals: decimals) + "–" + number($0.high, decimals: decimals) } ?? missing
  }

  static func percent(_ share: Double) -> String { number(100 * share, decimals: 0) + " %" }

  /// `21 of 323`
  static func share(_ part: Double, of whole: Double) -> String {
    "\(number(part, decimals: 0)) of \(number(whole, decimals: 0))"
  }

  static func rate(_ rate: AlarmRate?) -> String {
    guard let rate, let perHour = rate.perHour else { return missing }
    if rate.alarms == 0, let high = rate.interval?.high {
      return "none in \(number(rate.hours, decimals: 3)) h: fewer than \(number(high, decimals: 1)) an hour (95 %)"
    }
    return "\(number(perHour, decimals: 1)) an hour (95 %: \(interval(rate.interval, decimals: 1))), "
      + "\(rate.alarms) in \(number(rate.hours, decimals: 3)) h"
  }
}
