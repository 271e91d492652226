internal import Yams

/// Text to YAML's own tree, within bounds. What is refused is told with its place.
enum YAMLDocument {
  /// A thousand streams fit many times over.
  static let maximumBytes = 1 << 20
  /// Aliases of aliases grow without bound; this many grow to a few hundred nodes.
  static let maximumAliases = 16

  /// The tree, or nil: of an empty document without a mistake, of a faulty one with.
  static func root(of text: String, _ mistakes: MistakeList) -> Node? {
    guard text.utf8.count <= maximumBytes else {
      mistakes.add(nil, "has \(text.utf8.count) bytes; more than \(maximumBytes) are not read")
      return nil
    }
    if let place = excessiveAlias(in: text) {
      mistakes.add(
        place, "more than \(maximumAliases) aliases (`*name`) are not read; what streams share belongs in `defaults`")
      return nil
    }
    do {
      return try Parser(yaml: text).singleRoot()
    } catch let error as YamlError {
      report(error, mistakes)
    } catch {
      mistakes.add(nil, "is not YAML: \(error)")
    }
    return nil
  }

  /// Where the first alias beyond the bound begins. Asterisks inside of quotes and comments count as well where they
  /// look like one: telling them apart takes the parser that this protects.
  private static func excessiveAlias(in text: String) -> ConfigurationMistake.Place? {
    var (line, column, count) = (1, 1, 0)
    var isTokenStart = true
    var wasAsterisk = false
    for scalar in text.unicodeScalars {
      let isSpace = scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
      if wasAsterisk && !isSpace && scalar != "*" {
        count += 1
        if count > maximumAliases { return ConfigurationMistake.Place(line: line, column: column - 1) }
      }
      wasAsterisk = isTokenStart && scalar == "*"
      isTokenStart = isSpace || scalar == "[" || scalar == "{" || scalar == ","
      column += 1
      if scalar == "\n" { (line, column) = (line + 1, 1) }
    }
    return nil
  }

  private static func report(_ error: YamlError, _ mistakes: MistakeList) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      mistakes.add(ConfigurationMistake.Place(mark), "is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      mistakes.add(
        ConfigurationMistake.Place(context.mark),
        "\(keys.map { Shown.key($0) }.joined(separator: ", ")) stands more than once in the same mapping; keep one")
    case .reader(let problem, _, _, _): mistakes.add(nil, "is not YAML: \(problem)")
    case .memory: mistakes.add(nil, "is not YAML that can be read: too many levels")
    default: mistakes.add(nil, "is not YAML that can be read")
    }
  }
}

extension ConfigurationMistake.Place {
  init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }

  init?(_ node: Node) {
    guard let mark = node.mark else { return nil }
    self.init(mark)
  }
}
