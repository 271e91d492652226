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
    let score = details.verdict?.score.map { Figures.decimal($0, 3) } ?? ""
    let path = Self.printable(details.file?.path ?? "")
    var lines = [Self.padded(Self.padded(word, to: 14) + score, to: Self.margin) + path]
    let indent = String(repeating: " ", count: Self.margin + 2)
    for segment in details.segments where segment.label == "fake" {
      lines.append(
        indent + "\(Figures.time(segment.start)) to \(Figures.time(segment.end)), person \(segment.track)"
          + (segment.score.map { ", score \(Figures.decimal($0, 3))" } ?? ""))
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

  /// Scalars that are not to be seen are shown as a code.
  static func printable(_ text: String) -> String {
    text.unicodeScalars.map { $0.isUnseen ? "\\u{\(String($0.value, radix: 16))}" : String($0) }.joined()
  }
}
