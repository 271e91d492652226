internal import Media
internal import Records

/// Words of a file as messages may repeat them: short, on one line, without credentials.
enum Shown {
  /// A key or a word, in backquotes.
  static func key(_ text: String) -> String { "`\(cleaned(text))`" }

  /// A value, in quotes.
  static func value(_ text: String) -> String { "'\(cleaned(text))'" }

  private static func cleaned(_ text: String) -> String {
    let redacted = Redaction.message(text)
    let visible = redacted.unicodeScalars.map { $0.isUnseen ? "?" : String($0) }.joined()
    return visible.count > 60 ? visible.prefix(57) + "..." : visible
  }
}
