internal import Foundation

/// Where a file of records stopped telling of a run.
public struct RecordTail: Sendable, Hashable {
  /// `event.sequence`, `event.action` and `event.reason` of the last whole record of the run.
  public let sequence: Int64
  public let action: String
  public let reason: String?
  /// Whether half a line stands behind it, as a process leaves behind that was killed while it wrote, or a disk that was
  /// full.
  public let isTorn: Bool

  /// Lines before these are not looked at: a run's last record lies at the end unless others wrote much behind it.
  private static let reach: UInt64 = 8 << 20

  /// Looks for the last record of a run, and changes nothing.
  ///
  /// Nil when the file holds no record of the run, or is no regular file.
  public init?(ofFile path: String, runID: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let file = FileHandle(forReadingAtPath: path)
    else { return nil }
    defer { try? file.close() }
    guard let size = try? file.seekToEnd(), size > 0 else { return nil }
    let start = size > Self.reach ? size - Self.reach : 0
    guard (try? file.seek(toOffset: start)) != nil, let text = try? file.readToEnd() else { return nil }
    let whole = text.lastIndex(of: UInt8(ascii: "\n")).map { text[...$0] } ?? text[text.startIndex..<text.startIndex]
    isTorn = whole.count < text.count
    let mark = Data(#""run_id":"\#(runID)""#.utf8)
    guard let found = whole.range(of: mark, options: .backwards) else { return nil }
    let newline = UInt8(ascii: "\n")
    let begin = whole[..<found.lowerBound].lastIndex(of: newline).map { whole.index(after: $0) } ?? whole.startIndex
    let end = whole[found.upperBound...].firstIndex(of: newline) ?? whole.endIndex
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(whole[begin..<end])) else { return nil }
    sequence = line.event.sequence
    action = line.event.action
    reason = line.event.reason
  }

  private struct Line: Decodable {
    struct Event: Decodable {
      let sequence: Int64
      let action: String
      let reason: String?
    }
    let event: Event
  }
}
