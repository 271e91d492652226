/// The files of a scan as a table, by RFC 4180: CRLF at the end of each row, quotes around what needs them.
struct CSVForm: PlainForm {
  private static let columns: [(name: String, value: @Sendable (Record) -> String?)] = [
    ("path", { $0.details.file?.path }),
    ("label", { $0.details.verdict?.label }),
    ("reason", { $0.reason }),
    ("score", { decimal($0.details.verdict?.score, 6) }),
    ("threshold", { decimal($0.details.verdict?.threshold, 6) }),
    ("segments", { segments(of: $0.details) }),
    ("duration", { decimal($0.details.file?.duration, 3) }),
    ("frames", { $0.details.counters.map { String($0.analysed) } }),
    ("faces", { $0.details.counters.map { String($0.faces) } }),
    ("bytes", { $0.details.file?.bytes.map { String($0) } }),
    ("sha256", { $0.details.file?.sha256 }),
    ("cached", { $0.details.isCached ? "true" : "false" }),
    ("model", { $0.details.model.map { "\($0.name) \($0.version)" } }),
    ("error_code", { $0.failure?.code }),
    ("error_message", { $0.failure?.message }),
  ]

  var head: String { Self.row(Self.columns.map(\.name)) }

  func text(of record: Record) -> String {
    guard record.action == .scanFile else { return "" }
    return Self.row(Self.columns.map { $0.value(record) ?? "" })
  }

  static func row(_ fields: [String]) -> String { fields.map(field).joined(separator: ",") + "\r\n" }

  private static func field(_ text: String) -> String {
    // By scalars: a carriage return and a line feed are one character.
    let isPlain = text.unicodeScalars.allSatisfy { !["\"", ",", "\r", "\n"].contains($0) }
    return isPlain
      ? text : "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// `16-23.68 fake 0.933 #5`, one behind the other.
  private static func segments(of details: Details) -> String {
    details.segments.map { segment in
      [
        "\(decimal(segment.start, 3) ?? "")-\(decimal(segment.end, 3) ?? "")", segment.label,
        decimal(segment.score, 3), "#\(segment.track)",
      ].compactMap(\.self).joined(separator: " ")
    }.joined(separator: "; ")
  }

  private static func decimal(_ value: Double?, _ decimals: Int) -> String? {
    value.map { String(decoding: JSONValue.number($0, decimals: decimals).encoded(), as: UTF8.self) }
  }
}
