/// Environment variables in a value: `${NAME}`, or `${NAME:-otherwise}`; `$${` stands for `${` itself. Everything else,
/// single dollar signs too, stays as written, and what a variable holds is not looked at again.
enum Variables {
  enum Failure: Error, Hashable {
    /// The variable is not set, and nothing is said for that case.
    case missing(String)
    /// A `${` without a proper name and closing brace.
    case malformed
  }

  /// - Returns: the text, and whether a variable had a part in it.
  static func expand(_ text: String, _ environment: [String: String]) throws(Failure) -> (
    text: String, isExpanded: Bool
  ) {
    guard text.contains("${") else { return (text, false) }
    var result = ""
    var rest = text[...]
    var isExpanded = false
    while let mark = rest.firstRange(of: "${") {
      let before = rest[..<mark.lowerBound]
      if before.hasSuffix("$") {
        result += before + "{"
        rest = rest[mark.upperBound...]
        continue
      }
      guard let end = rest[mark.upperBound...].firstIndex(of: "}") else { throw .malformed }
      let inside = rest[mark.upperBound..<end]
      let name: Substring
      let otherwise: Substring?
      if let split = inside.firstRange(of: ":-") {
        (name, otherwise) = (inside[..<split.lowerBound], inside[split.upperBound...])
      } else {
        (name, otherwise) = (inside, nil)
      }
      guard isName(name) else { throw .malformed }
      let value = environment[String(name)]
      if let value, !value.isEmpty || otherwise == nil {
        result += before + value
      } else if let otherwise {
        result += before + otherwise
      } else {
        throw .missing(String(name))
      }
      isExpanded = true
      rest = rest[end...].dropFirst()
    }
    return (result + rest, isExpanded)
  }

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte) || byte == 95
    }
  }
}
