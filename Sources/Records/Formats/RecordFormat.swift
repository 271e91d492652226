/// How records are written.
public enum RecordFormat: String, Sendable, Hashable, CaseIterable {
  /// Each record in full, one JSON object a line: for programs.
  case json
  /// One row for each file of a scan: for spreadsheets.
  case csv
  /// What matters of each file of a scan: for people.
  case text

  /// The form that stands beside JSON; nil for JSON itself.
  var plain: (any PlainForm)? {
    switch self {
    case .json: nil
    case .csv: CSVForm()
    case .text: TextForm()
    }
  }
}

/// A form of records that leaves out what programs alone need. A pure value.
protocol PlainForm: Sendable {
  /// What stands at the beginning of an output that is empty.
  var head: String { get }

  /// What is written of a record, line ends included; nothing where the form does not tell of it.
  func text(of record: Record) -> String
}
