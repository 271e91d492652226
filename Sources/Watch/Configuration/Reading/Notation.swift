internal import Records

/// How a value is written, in a file and on the command line alike: what it reads as, and what to say when it does not.
struct Notation<Value> {
  /// What it should be, in words that complete "should be …".
  let wanted: String
  /// Nil for what cannot be understood, or is not allowed.
  let read: (String) -> Value?
}

extension Notation where Value == Double {
  /// A length of time in seconds.
  static func seconds(_ range: ClosedRange<Double>) -> Notation {
    Notation(wanted: "a time such as 30 (seconds), 5min or 12h, \(Quantities.spelled(seconds: range))") {
      Quantities.seconds($0).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension Notation where Value == Int {
  static func bytes(_ range: ClosedRange<Int>) -> Notation {
    Notation(wanted: "a size such as 64MiB or 1GB, \(Quantities.spelled(bytes: range))") {
      Quantities.bytes($0).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension Notation where Value == Double? {
  /// A length of time in seconds, or nil inside for `off`.
  static func secondsOrOff(_ range: ClosedRange<Double>) -> Notation {
    Notation(wanted: "off, or a time such as 10 (seconds) or 5min, \(Quantities.spelled(seconds: range))") {
      $0 == "off" ? .some(nil) : Notation<Double>.seconds(range).read($0).map(Optional.some)
    }
  }
}

extension Notation where Value == Int? {
  /// A size in bytes, or nil inside for `off`.
  static func bytesOrOff(_ range: ClosedRange<Int>) -> Notation {
    Notation(wanted: "off, or a size such as 64MiB or 1GB, \(Quantities.spelled(bytes: range))") {
      $0 == "off" ? .some(nil) : Notation<Int>.bytes(range).read($0).map(Optional.some)
    }
  }
}

extension Notation where Value == SyncPolicy {
  static var sync: Notation {
    Notation(wanted: "never, alerts, records, or a time such as 5s within which it happens") { text in
      switch text {
      case "never": .never
      case "alerts": .alerts
      case "records": .records
      default: Quantities.seconds(text).flatMap { SyncPolicy.intervalRange.contains($0) ? .every($0) : nil }
      }
    }
  }
}
