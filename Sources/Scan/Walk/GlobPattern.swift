/// A pattern for paths as ripgrep and git know them: `*` and `?` stay within one name, `**` spans folders, `[a-z]` and
/// `[!a-z]` are classes, `\` takes the next character as it is. Without a slash it is held against the name alone, at
/// any depth; with one against the whole path below the folder that was given.
public struct GlobPattern: Sendable, Hashable {
  private enum Piece: Sendable, Hashable {
    case character(Unicode.Scalar)
    case one
    case many
    case oneOf([ClosedRange<Unicode.Scalar>], isNegated: Bool)
  }

  private enum Part: Sendable, Hashable {
    case name([Piece])
    /// Any number of names, none included.
    case folders
  }

  /// As it was written.
  public let text: String
  private let parts: [Part]
  private let isForNames: Bool

  /// - Throws: `GlobError` when a class is not closed.
  public init(_ text: String) throws(GlobError) {
    let trimmed = text.hasPrefix("/") ? text.dropFirst() : text[...]
    isForNames = !trimmed.dropLast(trimmed.hasSuffix("/") ? 1 : 0).contains("/") && !text.hasPrefix("/")
    var parts: [Part] = []
    for name in trimmed.split(separator: "/") {
      parts.append(name == "**" ? .folders : .name(try Self.pieces(of: name, in: text)))
    }
    guard !parts.isEmpty else { throw GlobError("the pattern '\(text)' is empty") }
    self.text = text
    self.parts = parts
  }

  /// Whether a path, relative to the folder that was given, is meant.
  public func matches(_ path: String) -> Bool {
    let names = path.split(separator: "/")
    if isForNames { return Self.match(parts[...], names.suffix(1)) }
    return Self.match(parts[...], names[...])
  }

  private static func match(_ parts: ArraySlice<Part>, _ names: ArraySlice<Substring>) -> Bool {
    guard let part = parts.first else { return names.isEmpty }
    switch part {
    case .folders:
      let rest = parts.drop { $0 == .folders }
      return (names.startIndex...names.endIndex).contains { match(rest, names[$0...]) }
    case .name(let pieces):
      guard let name = names.first, match(pieces, Array(name.unicodeScalars)) else { return false }
      return match(parts.dropFirst(), names.dropFirst())
    }
  }

  /// Goes on behind the latest `*` with one character more whenever the rest does not fit: never exponential.
  private static func match(_ pieces: [Piece], _ name: [Unicode.Scalar]) -> Bool {
    var (piece, place) = (0, 0)
    var star: (piece: Int, place: Int)?
    while place < name.count {
      if piece < pieces.count, pieces[piece] == .many {
        star = (piece, place)
        piece += 1
      } else if piece < pieces.count, fits(pieces[piece], name[place]) {
        piece += 1
        place += 1
      } else if let last = star {
        star = (last.piece, last.place + 1)
        (piece, place) = (last.piece + 1, last.place + 1)
      } else {
        return false
      }
    }
    return pieces[piece...].allSatisfy { $0 == .many }
  }

  private static func fits(_ piece: Piece, _ scalar: Unicode.Scalar) -> Bool {
    switch piece {
    case .character(let wanted): wanted == scalar
    case .one, .many: true
    case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
    }
  }

  private static func pieces(of name: Substring, in text: String) throws(GlobError) -> [Piece] {
    var rest = name.unicodeScalars[...]
    var pieces: [Piece] = []
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*": if pieces.last != .many { pieces.append(.many) }
      case "?": pieces.append(.one)
      case "\\": pieces.append(.character(rest.popFirst() ?? "\\"))
      case "[":
        guard let piece = classPiece(&rest) else { throw GlobError("the pattern '\(text)' has a '[' without its ']'") }
        pieces.append(piece)
      default: pieces.append(.character(scalar))
      }
    }
    return pieces
  }

  private static func classPiece(_ rest: inout Substring.UnicodeScalarView.SubSequence) -> Piece? {
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    let isNegated = rest.first == "!" || rest.first == "^"
    if isNegated { rest.removeFirst() }
    var isFirst = true
    while let low = rest.popFirst() {
      if low == "]", !isFirst { return .oneOf(ranges, isNegated: isNegated) }
      isFirst = false
      if rest.first == "-", let high = rest.dropFirst().first, high != "]" {
        rest.removeFirst(2)
        if low <= high { ranges.append(low...high) }
      } else {
        ranges.append(low...low)
      }
    }
    return nil
  }
}

/// What is wrong with a pattern.
public struct GlobError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
