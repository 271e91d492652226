internal import Records

/// Text as a terminal shows it: how wide it is, and what it must not hold.
public enum TerminalText {
  public enum Colour: Int, Sendable, Hashable {
    case red = 31
    case yellow = 33
  }

  /// Cells that a text takes. By scalars, as most terminals count.
  public static func width(of text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + width(of: $1) } }

  /// Likewise of a line that may hold colours.
  public static func width(ofDrawn line: String) -> Int { width(of: line.replacing(/\u{1B}\[[0-9;]*m/, with: "")) }

  static func width(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) ? 0 : 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// East Asian Width W and F, in blocks (Unicode Standard Annex #11).
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x17000...0x18CFF, 0x1B000...0x1B2FF, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
  ]

  /// The beginning of a text that is too long.
  public static func cut(_ text: String, to columns: Int) -> String {
    guard width(of: text) > columns else { return text }
    return fitting(text.unicodeScalars, columns - 1) + "…"
  }

  /// The end of a text that is too long: of a path, the name.
  public static func cutStart(_ text: String, to columns: Int) -> String {
    guard width(of: text) > columns else { return text }
    return "…"
      + String(fitting(text.unicodeScalars.reversed(), columns - 1).unicodeScalars.reversed().map(Character.init))
  }

  private static func fitting(_ scalars: some Sequence<Unicode.Scalar>, _ columns: Int) -> String {
    var (kept, used) = (String.UnicodeScalarView(), 0)
    for scalar in scalars {
      used += width(of: scalar)
      if used > columns { break }
      kept.append(scalar)
    }
    return String(kept)
  }

  /// With a mark in the place of each scalar that is not to be seen.
  public static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isUnseen ? "\u{FFFD}" : $0 }))
  }

  static func coloured(_ text: String, _ colour: Colour?) -> String {
    colour.map { "\u{1B}[1;\($0.rawValue)m\(text)\u{1B}[0m" } ?? text
  }
}
