import Glibc

/// A path such as `frames/img%04d.png` that stands for numbered pictures.
struct NumberedPattern {
  let directory: String
  private let prefix: String
  private let suffix: String
  private let digits: Int

  /// Nil when the last part of `path` does not hold exactly one `%d` or `%0Nd`.
  init?(_ path: String) {
    let slash = path.lastIndex(of: "/")
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    guard let percent = name.firstIndex(of: "%") else { return nil }
    let directive = name[percent...].dropFirst()
    guard let end = directive.firstIndex(of: "d") else { return nil }
    let width = directive[..<end]
    guard width.count <= 2, width.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    prefix = String(name[..<percent])
    suffix = String(name[end...].dropFirst())
    guard !suffix.contains("%") else { return nil }
    digits = Int(width) ?? 0
    directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }

  /// The lowest number a file of the sequence has; nil if there is none.
  func firstNumber() -> Int? {
    guard let listing = unsafe opendir(PathText.cString(of: directory)) else { return nil }
    defer { unsafe closedir(listing) }
    var lowest: Int?
    while let entry = unsafe readdir(listing) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      if let number = number(of: PathText.text(of: name)), number < lowest ?? .max { lowest = number }
    }
    return lowest
  }

  /// The number in `name`, if that is a file of the sequence.
  func number(of name: String) -> Int? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count > prefix.count + suffix.count else { return nil }
    let middle = name.dropFirst(prefix.count).dropLast(suffix.count)
    guard middle.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(middle) else { return nil }
    let plain = String(number)
    let padded = String(repeating: "0", count: max(0, digits - plain.count)) + plain
    return padded == middle ? number : nil
  }
}
