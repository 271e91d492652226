/// Values with units, as people write them.
enum Quantities {
  private static let times: [(unit: String, seconds: Double)] = [
    ("ms", 0.001), ("s", 1), ("min", 60), ("m", 60), ("h", 3600), ("d", 86_400),
  ]
  private static let sizes: [(unit: String, bytes: Double)] = [
    ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776),
    ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1),
  ]

  /// A decimal number; nothing that is not finite.
  static func number(_ text: String) -> Double? {
    // Swift would read "0x10", "inf" and "nan" as well.
    guard !text.isEmpty, text.utf8.count <= 32, text.utf8.allSatisfy({ "+-.eE0123456789".utf8.contains($0) }),
      let number = Double(text), number.isFinite
    else { return nil }
    return number
  }

  /// Seconds: `2.5`, `500ms`, `90 s`, `5min`, `12h`, `30d`.
  static func seconds(_ text: String) -> Double? {
    value(text, units: times.map { ($0.unit, $0.seconds) })
  }

  /// Bytes: `4096`, `64MiB`, `1.5 GB`.
  static func bytes(_ text: String) -> Int? {
    guard let bytes = value(text, units: sizes.map { ($0.unit, $0.bytes) }), bytes >= 0, bytes < 9e15 else {
      return nil
    }
    return Int(bytes.rounded())
  }

  private static func value(_ text: String, units: [(String, Double)]) -> Double? {
    if let plain = number(text) { return plain }
    for (unit, factor) in units where text.hasSuffix(unit) {
      var rest = text.dropLast(unit.count)
      while rest.last == " " { rest = rest.dropLast() }
      if let count = number(String(rest)) { return count * factor }
    }
    return nil
  }

  /// A length of time for people: the largest unit that needs no fraction.
  static func spelled(seconds: Double) -> String {
    for (unit, length) in [("d", 86_400.0), ("h", 3600), ("min", 60)] {
      let count = seconds / length
      if count >= 1, count == count.rounded() { return "\(Int(count)) \(unit)" }
    }
    return "\(spelled(seconds)) s"
  }

  /// A size for people.
  static func spelled(bytes: Int) -> String {
    for (unit, size) in [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
    where bytes >= size && bytes % size == 0 {
      return "\(bytes / size) \(unit)"
    }
    return "\(bytes)"
  }

  /// Bounds for people: `between 1 min and 1 h`.
  static func spelled(seconds range: ClosedRange<Double>) -> String {
    "between \(spelled(seconds: range.lowerBound)) and \(spelled(seconds: range.upperBound))"
  }

  static func spelled(bytes range: ClosedRange<Int>) -> String {
    "between \(spelled(bytes: range.lowerBound)) and \(spelled(bytes: range.upperBound))"
  }

  /// A number without a useless fraction.
  static func spelled(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
  }
}
