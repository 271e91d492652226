internal import Media
internal import Records

/// The name of a file of evidence, relative to the folder: `lobby/2026-01-02T03-04-05Z-3.png` for the third person of
/// the stream `lobby`. It also tells our own files from others, which are never touched.
struct EvidenceName: Sendable, Hashable {
  enum Kind: String, Sendable, Hashable, CaseIterable {
    case png, mp4, mkv
  }

  let folder: String
  /// Everything up to the dot.
  let stem: String

  /// - Parameters:
  ///   - stream: any text; what could lead elsewhere or confuse a shell is replaced.
  ///   - time: Unix time of the alert, seconds.
  init(stream: String, time: Double, track: Int) {
    folder = Self.folder(for: stream)
    stem = "\(Self.text(time))-\(track)"
  }

  func path(_ kind: Kind) -> String { "\(folder)/\(stem).\(kind.rawValue)" }

  /// A folder's name for a stream: its letters, digits, `-`, `_` and `.` stay. Names that had to be changed get a few
  /// digits of their hash, so that no two streams share a folder.
  static func folder(for stream: String) -> String {
    var kept = String(
      stream.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" }.prefix(48))
    // A file system counts bytes, and takes no more than 255 of them.
    while kept.utf8.count > 150 { kept.removeLast() }
    if kept.hasPrefix(".") { kept = "_" + kept.dropFirst() }
    guard kept != stream || kept.isEmpty else { return kept }
    return "\(kept)~\(SHA256.hexDigest(of: Array(stream.utf8)).prefix(8))"
  }

  /// Whether a file of this name may be one of ours.
  static func isOurs(_ name: Substring) -> Bool {
    guard let dot = name.lastIndex(of: "."), Kind(rawValue: String(name[name.index(after: dot)...])) != nil else {
      return false
    }
    let stem = name[..<dot].utf8
    let pattern = "0000-00-00T00-00-00Z-".utf8
    guard stem.count > pattern.count else { return false }
    let isDated = zip(stem, pattern).allSatisfy { byte, wanted in
      wanted == UInt8(ascii: "0") ? isDigit(byte) : byte == wanted
    }
    return isDated && stem.dropFirst(pattern.count).allSatisfy(isDigit)
  }

  /// Whether it is what an interrupted writer left of one of ours: `NAME.123-4.partial`.
  static func isRemnant(_ name: Substring) -> Bool {
    guard name.hasSuffix(".partial") else { return false }
    let rest = name.dropLast(".partial".count)
    guard let dot = rest.lastIndex(of: ".") else { return false }
    let writer = rest[rest.index(after: dot)...].utf8
    return !writer.isEmpty && writer.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "-") } && isOurs(rest[..<dot])
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// The moment to the second, with dashes where some file systems want no colons.
  private static func text(_ time: Double) -> String {
    Timestamp(unixSeconds: time).rfc3339.prefix(19).replacing(":", with: "-") + "Z"
  }
}
