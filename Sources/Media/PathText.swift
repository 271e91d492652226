/// Paths as text. To the system a name is any bytes; here it is a Unicode text, as records and ledgers need it.
///
/// Names in UTF-8 are themselves. Of other names, such as those in Latin-1 on old disks, each byte that is no UTF-8
/// becomes the private scalar U+10FF00 + byte, so that nothing is lost: `bytes(of:)` gives back what `text(of:)` was
/// given. (A name that already holds U+10FF80 to U+10FFFF has them taken apart into such bytes as well.)
public enum PathText {
  private static let base: UInt32 = 0x10FF00
  private static let kept = (base + 0x80)...(base + 0xFF)

  /// The text that stands for a name or path of these bytes; without the zero byte at its end.
  public static func text(of bytes: some Collection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self), !holdsKeptBytes(text) { return text }
    var scalars = String.UnicodeScalarView()
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let (scalar, length) = first(of: rest)
      if let scalar, !kept.contains(scalar.value) {
        scalars.append(scalar)
      } else {
        scalars.append(contentsOf: rest.prefix(length).compactMap { Unicode.Scalar(base + UInt32($0)) })
      }
      rest = rest.dropFirst(length)
    }
    return String(scalars)
  }

  /// What to call a C function with; ends with a zero byte.
  public static func cString(of text: String) -> [CChar] { bytes(of: text).map { CChar(bitPattern: $0) } + [0] }

  /// The bytes that a text stands for, whether `text(of:)` made it or not.
  public static func bytes(of text: String) -> [UInt8] {
    guard holdsKeptBytes(text) else { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { scalar in
      kept.contains(scalar.value) ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(UTF8.encode(scalar)!)
    }
  }

  private static func holdsKeptBytes(_ text: String) -> Bool {
    // All of them begin so, and hardly anything else does.
    text.utf8.contains(0xF4) && text.unicodeScalars.contains { kept.contains($0.value) }
  }

  /// The scalar that bytes begin with, if they do, and how many bytes it or what is broken takes.
  private static func first(of bytes: ArraySlice<UInt8>) -> (scalar: Unicode.Scalar?, length: Int) {
    var parser = UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    switch parser.parseScalar(from: &iterator) {
    case .valid(let encoded): return (UTF8.decode(encoded), encoded.count)
    case .error(let length): return (nil, length)
    case .emptyInput: return (nil, 1)
    }
  }
}
