/// A piece of HTML in which nothing foreign can become markup: what is written in the source stands as it is, what is
/// interpolated is escaped, unless it is itself `Markup`. Names of files and messages of libraries are hostile text.
struct Markup: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// The HTML.
  private(set) var html: String

  init(stringLiteral literal: String) { html = literal }
  init(stringInterpolation pieces: Interpolation) { html = pieces.html }

  /// HTML that this program has made by other means.
  init(trusted html: String) { self.html = html }

  static func += (left: inout Markup, right: Markup) { left.html += right.html }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var html = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      html.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    mutating func appendLiteral(_ literal: String) { html += literal }
    mutating func appendInterpolation(_ text: String) { html += Markup.escaped(text) }
    mutating func appendInterpolation(_ number: Int) { html += String(number) }
    mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
    mutating func appendInterpolation(_ markup: Markup?) { html += markup?.html ?? "" }
    mutating func appendInterpolation(_ list: some Sequence<Markup>) { for markup in list { html += markup.html } }
  }

  /// Text for an element's content or a quoted attribute. Characters that no page may hold, and those that turn the
  /// direction of writing so that a name reads as another, are shown by their code.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default:
        if isTreacherous(scalar) {
          result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  private static func isTreacherous(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0xFFFE, 0xFFFF: true
    case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: true
    default: scalar.properties.isNoncharacterCodePoint
    }
  }
}
