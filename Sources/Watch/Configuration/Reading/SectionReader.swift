internal import Yams

/// What reading needs of the world, and where it leaves what is wrong.
struct ReadingContext {
  let mistakes: MistakeList
  let environment: [String: String]
}

/// One mapping of the file: hands out its values by key, each proven to be of the type and in the range that is asked
/// for. Whatever is not is told and reads as absent, so that one slip hides no other.
struct SectionReader<Key: ConfigurationKey> {
  private let context: ReadingContext
  private let entries: [String: (key: Node, value: Node)]
  /// Where the mapping begins.
  let place: ConfigurationMistake.Place?

  /// - Parameters:
  ///   - node: nil and an empty value read as an empty section.
  ///   - name: for messages.
  ///   - others: keys that somebody else reads from the same mapping.
  ///   - isSecond: whether somebody else has told already what is wrong with the mapping itself.
  init(_ node: Node?, name: String, others: [String] = [], isSecond: Bool = false, _ context: ReadingContext) {
    self.context = context
    let told = isSecond ? MistakeList(file: nil) : context.mistakes
    place = node.flatMap { ConfigurationMistake.Place($0) }
    guard let node, !node.isEmptyValue else {
      entries = [:]
      return
    }
    guard case .mapping(let mapping) = node else {
      told.add(place, "\(name) should be a mapping of `key: value` lines, not \(node.kind)")
      entries = [:]
      return
    }
    var entries: [String: (Node, Node)] = [:]
    let own = ConfigurationKeys.names(of: Key.self)
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key else {
        told.add(ConfigurationMistake.Place(key), "a key should be a word, not \(key.kind)")
        continue
      }
      if own.contains(scalar.string) {
        entries[scalar.string] = (key, value)
      } else if !others.contains(scalar.string) {
        told.add(
          ConfigurationMistake.Place(key),
          "\(name) has no key \(Shown.key(scalar.string)); "
            + ConfigurationKeys.advice(on: scalar.string, among: own + others))
      }
    }
    self.entries = entries
  }

  func node(_ key: Key) -> Node? { entries[key.rawValue]?.value }

  func place(of key: Key) -> ConfigurationMistake.Place? { entries[key.rawValue].flatMap { .init($0.value) } }

  /// Tells that the value of `key` cannot stand.
  func refuse(_ key: Key, _ sentence: String) {
    context.mistakes.add(place(of: key), "`\(key.rawValue)` \(sentence)")
  }

  func warn(_ key: Key, _ sentence: String) {
    context.mistakes.warn(place(of: key), "`\(key.rawValue)` \(sentence)")
  }

  // Values by type

  /// A value before it is understood.
  struct Written {
    let text: String
    /// In quotes, and therefore a text and nothing else.
    let isQuoted: Bool
    /// Out of a variable, and therefore not to be repeated.
    let isExpanded: Bool

    var shown: String { isExpanded ? "what the variable holds" : Shown.value(text) }
  }

  func written(_ key: Key, as wanted: String) -> Written? {
    guard let node = node(key) else { return nil }
    guard case .scalar(let scalar) = node else {
      refuse(key, "should be \(wanted), not \(node.kind)")
      return nil
    }
    guard !node.isEmptyValue else {
      refuse(key, "has no value; write \(wanted), or take the line out")
      return nil
    }
    do throws(Variables.Failure) {
      let (text, isExpanded) = try Variables.expand(scalar.string, context.environment)
      guard !text.unicodeScalars.contains("\0") else {
        refuse(key, "holds a zero byte")
        return nil
      }
      return Written(text: text, isQuoted: scalar.isQuoted && !isExpanded, isExpanded: isExpanded)
    } catch {
      refuse(key, Self.sentence(on: error))
      return nil
    }
  }

  private static func sentence(on failure: Variables.Failure) -> String {
    switch failure {
    case .malformed:
      "has a `${` that begins no variable; write ${NAME}, ${NAME:-otherwise}, or $${ for the two characters"
    case .missing("CREDENTIALS_DIRECTORY"):
      "asks for ${CREDENTIALS_DIRECTORY}, which systemd sets for units with LoadCredential=; by hand, set it to the folder of the files"
    case .missing(let name): "asks for ${\(name)}, which is not set; set it, or write ${\(name):-otherwise}"
    }
  }

  /// A text that is not empty.
  func text(_ key: Key, as wanted: String, atMost limit: Int = 4096) -> String? {
    guard let written = written(key, as: wanted) else { return nil }
    guard !written.text.isEmpty, written.text.utf8.count <= limit else {
      refuse(
        key, written.text.isEmpty ? "is empty; write \(wanted), or take the line out" : "is longer than \(limit) bytes")
      return nil
    }
    return written.text
  }

  func number(_ key: Key, _ range: ClosedRange<Double>, as wanted: String = "a number") -> Double? {
    let limits = "between \(Quantities.spelled(range.lowerBound)) and \(Quantities.spelled(range.upperBound))"
    return understood(key, "\(wanted) \(limits)", Quantities.number) { range.contains($0) }
  }

  func integer(_ key: Key, _ range: ClosedRange<Int>) -> Int? {
    understood(key, "a whole number between \(range.lowerBound) and \(range.upperBound)", { Int($0) }) {
      range.contains($0)
    }
  }

  func seconds(_ key: Key, _ range: ClosedRange<Double>) -> Double? { understood(key, .seconds(range)) }

  func secondsOrOff(_ key: Key, _ range: ClosedRange<Double>) -> Double?? { understood(key, .secondsOrOff(range)) }

  func bytes(_ key: Key, _ range: ClosedRange<Int>) -> Int? { understood(key, .bytes(range)) }

  func bytesOrOff(_ key: Key, _ range: ClosedRange<Int>) -> Int?? { understood(key, .bytesOrOff(range)) }

  func flag(_ key: Key) -> Bool? {
    understood(key, "true or false", { ["true": true, "false": false][$0.lowercased()] })
  }

  /// One of a few words.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: Key, _ choices: Choice.Type) -> Choice? {
    let words = Choice.allCases.map(\.rawValue)
    let wanted = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    guard let written = written(key, as: wanted) else { return nil }
    if let choice = Choice(rawValue: written.text) { return choice }
    let advice = EditDistance.closest(to: written.text, among: words).map { "; did you mean `\($0)`?" } ?? ""
    refuse(key, "should be \(wanted), not \(written.shown)\(written.isExpanded ? "" : advice)")
    return nil
  }

  func understood<Value>(_ key: Key, _ notation: Notation<Value>) -> Value? {
    understood(key, notation.wanted, notation.read)
  }

  /// A value that `read` understands and `isAllowed` allows.
  func understood<Value>(
    _ key: Key, _ wanted: String, _ read: (String) -> Value?, isAllowed: (Value) -> Bool = { _ in true }
  ) -> Value? {
    guard let written = written(key, as: wanted) else { return nil }
    guard !written.isQuoted || Value.self == String.self else {
      refuse(key, "should be \(wanted), without quotes")
      return nil
    }
    guard let value = read(written.text), isAllowed(value) else {
      refuse(key, "should be \(wanted), not \(written.shown)")
      return nil
    }
    return value
  }

  /// A text that is never repeated: written here, or in a file of its own.
  func secret(_ key: Key, orIn fileKey: Key) -> Secret? {
    if node(key) != nil, node(fileKey) != nil {
      refuse(fileKey, "and `\(key.rawValue)` exclude each other; keep one")
      return nil
    }
    if let written = written(key, as: "a text") { return Secret(written.text) }
    guard let path = text(fileKey, as: "the path of a file") else { return nil }
    do throws(SecretFile.Failure) {
      return Secret(try SecretFile.read(path))
    } catch {
      refuse(fileKey, "names \(Shown.value(path)), which \(error.sentence)")
      return nil
    }
  }
}

extension Node {
  /// Nothing after the colon, `~` or `null`.
  var isEmptyValue: Bool {
    guard case .scalar(let scalar) = self, !scalar.isQuoted else { return false }
    return ["", "~", "null"].contains(scalar.string)
  }

  /// What it is, for messages.
  var kind: String {
    switch self {
    case .scalar: "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .alias: "an alias"
    }
  }
}

extension Node.Scalar {
  var isQuoted: Bool { style != .plain && style != .any }
}
