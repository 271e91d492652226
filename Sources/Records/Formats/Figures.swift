internal import Foundation

/// Figures as people read them, the same in every locale.
public enum Figures {
  /// `0:07.3`, `1:02:07.3`; without the tenths where `tenths` is false.
  public static func time(_ seconds: Double, tenths: Bool = true) -> String {
    guard seconds.isFinite, abs(seconds) < 1e9 else { return "–" }
    let sign = seconds < 0 ? "−" : ""
    let unit = tenths ? 10 : 1
    let count = Int((abs(seconds) * Double(unit)).rounded())
    let whole = count / unit
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    let head = hours > 0 ? "\(hours):\(padded(minutes)):" : "\(minutes):"
    return sign + head + padded(rest) + (tenths ? ".\(count % 10)" : "")
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// With a fixed number of decimals.
  public static func decimal(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "–" }
    let unit = places == 0 ? 1.0 : pow(10, Double(places))
    let count = Int64((abs(value) * unit).rounded())
    let whole = count / Int64(unit)
    let sign = value < 0 && count > 0 ? "-" : ""
    guard places > 0 else { return sign + String(whole) }
    let rest = String(count % Int64(unit))
    return sign + String(whole) + "." + String(repeating: "0", count: places - rest.count) + rest
  }
}
