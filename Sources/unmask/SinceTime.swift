internal import Foundation

/// A moment as people write it: a day (2026-01-31), a time (2026-01-31T12:00:00Z), or an age (30m, 36h, 7d).
struct SinceTime {
  let unixSeconds: Double

  init?(_ text: String, now: Date = Date()) {
    if let unit = text.last, let seconds = Self.units[unit], let count = Double(text.dropLast()), count >= 0 {
      unixSeconds = now.timeIntervalSince1970 - count * seconds
    } else if let time = try? Date(text, strategy: .iso8601) {
      unixSeconds = time.timeIntervalSince1970
    } else if let day = Self.day(text) {
      unixSeconds = day.timeIntervalSince1970
    } else {
      return nil
    }
  }

  private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]

  /// Midnight where the program runs.
  private static func day(_ text: String) -> Date? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2], (1970...9999).contains(year),
      (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    return Calendar(identifier: .gregorian).date(from: DateComponents(year: year, month: month, day: day))
  }
}
