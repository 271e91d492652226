/// What stands behind the last newline of a file of records: a line whose writer was killed, or lost its power, in the
/// middle of it.
///
/// It is written over with a whole line that says so and is at least as long. The file never shrinks: collectors take a
/// file that did for a new one, and read it again from its start.
struct BrokenLine: Sendable, Hashable {
  /// Where it begins.
  let offset: Int
  /// Its length.
  let count: Int
  /// How it begins; nil when it is nothing that this program wrote, and is only to be ended.
  let text: String?

  /// How much of a file's end has to be looked at.
  static let reach = RecordEncoder.lineLimit + 1
  /// A longer one would leave no room for the line that takes its place.
  private static let longest = RecordEncoder.lineLimit - RecordDraft.spareDigits
  private static let opening = Array(#"{"@timestamp":""#.utf8)
  private static let shown = 512

  /// - Parameters:
  ///   - tail: the last bytes of a file, `reach` of them or all that there are.
  ///   - size: the file's.
  /// - Returns: nil when the file ends as it should.
  init?(in tail: [UInt8], size: Int) {
    let start = tail.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let line = tail[start...]
    guard !line.isEmpty else { return nil }
    count = line.count
    offset = size - line.count
    // A power failure can leave a length that was kept and bytes that were not.
    let written = line.prefix { $0 != 0 }
    let isOurs =
      zip(written, Self.opening).allSatisfy { $0 == $1 } && line.dropFirst(written.count).allSatisfy { $0 == 0 }
    text = isOurs && line.count <= Self.longest ? String(decoding: written.prefix(Self.shown), as: UTF8.self) : nil
  }

  /// The record that takes its place.
  var record: Record {
    var details = Details()
    details.repair = RepairDetails(bytes: count, text: text.flatMap { $0.isEmpty ? nil : $0 })
    return Record(
      .recordsRepaired, level: .warn, message: "an earlier run left its last line unfinished after \(count) bytes",
      reason: "unfinished_line", details: details)
  }

  /// Whether it is written over, and not merely ended.
  var isOurs: Bool { text != nil }
}
