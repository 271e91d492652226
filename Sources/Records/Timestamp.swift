internal import Foundation

/// A moment in time, to the microsecond, UTC.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// - Parameter unixSeconds: seconds since 1970, clamped to the years 0001 to 9999.
  public init(unixSeconds: Double) {
    let clamped = min(max(unixSeconds.isFinite ? unixSeconds : 0, -62_135_596_800), 253_402_300_799)
    microseconds = Int64((clamped * 1e6).rounded())
  }

  /// Reads what `rfc3339` prints, and nothing else.
  init?(rfc3339 text: some StringProtocol) {
    let shape = /([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{6})Z/
    guard let match = String(text).wholeMatch(of: shape)?.output,
      let year = Int64(match.1), let month = Int64(match.2), let day = Int64(match.3), let hour = Int64(match.4),
      let minute = Int64(match.5), let second = Int64(match.6), let fraction = Int64(match.7)
    else { return nil }
    let days = Self.days(ofYear: year, month: month, day: day)
    guard (1...12).contains(month), Self.civil(fromDaysSince1970: days) == (year, month, day), hour < 24, minute < 60,
      second < 60
    else { return nil }
    microseconds = (days * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000 + fraction
  }

  public static func now() -> Timestamp { Timestamp(unixSeconds: Date().timeIntervalSince1970) }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

  /// RFC 3339 with six decimals and `Z`, such as `2026-01-02T03:04:05.678901Z`.
  public var rfc3339: String {
    let second = microseconds.flooredDivision(by: 1_000_000)
    let day = second.flooredDivision(by: 86_400)
    let (year, month, dayOfMonth) = Self.civil(fromDaysSince1970: day)
    let ofDay = second - day * 86_400
    func padded(_ value: Int64, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfMonth, 2) + "T" + padded(ofDay / 3600, 2) + ":"
      + padded(ofDay / 60 % 60, 2) + ":" + padded(ofDay % 60, 2) + "."
      + padded(microseconds - second * 1_000_000, 6) + "Z"
  }

  /// The proleptic Gregorian date of a day number. Years are counted from March, so that the leap day is a year's last;
  /// an era is the calendar's 400-year cycle of 146,097 days.
  private static func civil(fromDaysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted.flooredDivision(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  /// The other way round.
  private static func days(ofYear year: Int64, month: Int64, day: Int64) -> Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear.flooredDivision(by: 400)
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
