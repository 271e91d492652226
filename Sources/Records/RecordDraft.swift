/// A record's line before it has its number.
///
/// A record gets its number when it is written: what was lost on the way there leaves no gap, and a line that a new
/// file must begin with gets a lower number than those that were waiting for the file.
struct RecordDraft: Sendable {
  /// Room for any number beside the one digit that is there already.
  static let spareDigits = 18

  /// Up to the number, and from behind it; the newline is the last byte.
  private let lead, rest: ArraySlice<UInt8>
  let time: Timestamp
  let kind: Record.Kind
  let mayBeHead: Bool
  let importance: Record.Importance

  /// - Parameter line: with the number 0.
  init(_ line: [UInt8], record: Record, time: Timestamp) {
    // No text before the number can hold this: its quotes would be escaped.
    let key = #""sequence":"#.utf8
    let place = line.firstRange(of: key)!.upperBound
    lead = line[..<place]
    rest = line[(place + 1)...]
    self.time = time
    kind = record.kind
    mayBeHead = record.action.mayBeHead
    importance = record.importance
  }

  /// Bytes of the line, with a number of one digit.
  var count: Int { lead.count + 1 + rest.count }

  func line(numbered number: Int64) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(count + Self.spareDigits)
    line += lead
    line += String(number).utf8
    line += rest
    return line
  }
}
