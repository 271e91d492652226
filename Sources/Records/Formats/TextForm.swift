/// The files of a scan as a list to read: the verdict first, then the path; below it when who is manipulated, and what
/// went wrong.
struct TextForm: PlainForm {
  let head = ""

  /// Columns of the verdict and the score.
  private static let margin = 20

  func text(of record: Record) -> String {
    switch record.action {
    case .scanFile: lines(of: record).joined(separator: "\n") + "\n"
    case .scanSummary: "\n\(Self.printable(record.message))\n"
    default: ""
    }
  }

  private func lines(of record: Record) -> [String] {
    let details = record.details
    let word = Self.word(details.verdict?.label)
    let score = details.verdict?.score.map { Self.decimal($0) } ?? ""
    let path = Self.printable(details.file?.path ?? "")
    var lines = [Self.padded(Self.padded(word, to: 14) + score, to: Self.margin) + path]
    let indent = String(repeating: " ", count: Self.margin + 2)
    for segment in details.segments where segment.label == "fake" {
      lines.append(
        indent + "\(Self.time(segment.start)) to \(Self.time(segment.end)), person \(segment.track)"
          + (segment.score.map { ", score \(Self.decimal($0))" } ?? ""))
    }
    if let failure = record.failure { lines.append(indent + Self.printable(failure.message)) }
    return lines
  }

  private static func word(_ label: String?) -> String {
    switch label {
    case "fake": "manipulated"
    case "real": "nothing found"
    case "inconclusive": "undecided"
    case "no_face": "no face"
    default: "not readable"
    }
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  /// With three decimals, whatever the locale.
  private static func decimal(_ value: Double) -> String {
    let thousandths = Int((min(max(value, 0), 1) * 1000).rounded())
    return "\(thousandths / 1000)." + String(String(1000 + thousandths % 1000).dropFirst())
  }

  /// `0:16.0`, `1:02:03.5`.
  static func time(_ seconds: Double) -> String {
    let tenths = seconds.isFinite && abs(seconds) < 1e9 ? Int((seconds * 10).rounded()) : 0
    let whole = abs(tenths) / 10
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let head = hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)"
    return (tenths < 0 ? "-" : "") + "\(head):\(two(rest)).\(abs(tenths) % 10)"
  }

  /// Names of files may hold anything: what would move the cursor, colour the screen or turn the writing round is shown as
  /// a code.
  static func printable(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate:
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}
