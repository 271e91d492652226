internal import Foundation

/// The names that files of records are given when they are full or old: `records.jsonl` becomes
/// `records-2026-01-02T03-04-05.678901Z.jsonl`.
///
/// A name is given once and never changes, and the names sort by age. Numbered names, which shift at each rotation,
/// make collectors that know files by their path read them twice.
struct RotatedFiles: Sendable {
  private let folder: String
  private let stem: String
  private let suffix: String

  init(of path: String) {
    let whole = path as NSString
    let name = whole.lastPathComponent as NSString
    folder = whole.deletingLastPathComponent
    stem = name.deletingPathExtension + "-"
    suffix = name.pathExtension.isEmpty ? "" : "." + name.pathExtension
  }

  /// A name that is free, for a file that is full at `time`.
  func freeName(at time: Timestamp) -> String {
    var time = time
    while OpenFile.identity(at: path(of: name(at: time))) != nil {
      time = Timestamp(microseconds: time.microseconds + 1)
    }
    return name(at: time)
  }

  func path(of name: String) -> String { folder.isEmpty ? name : (folder as NSString).appendingPathComponent(name) }

  private func name(at time: Timestamp) -> String {
    stem + time.rfc3339.replacingOccurrences(of: ":", with: "-") + suffix
  }

  /// Those that are there, the oldest first.
  var names: [String] {
    let children = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return children.filter(isOne).sorted()
  }

  /// Deletes the oldest until `keep` are left.
  func prune(keeping keep: Int) {
    for name in names.dropLast(keep) { unsafe unlink(path(of: name)) }
  }

  private func isOne(_ name: String) -> Bool {
    guard name.hasPrefix(stem), name.hasSuffix(suffix), name.utf8.count > stem.utf8.count + suffix.utf8.count else {
      return false
    }
    let time = name.dropFirst(stem.count).dropLast(suffix.count)
    return time.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}\.[0-9]{6}Z/) != nil
  }
}
