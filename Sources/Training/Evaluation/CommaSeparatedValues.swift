/// The rows of a CSV file as RFC 4180 describes it: fields may be quoted, quotes within are doubled. Empty lines and lines
/// that begin with # do not count; unquoted fields lose the white space around them.
enum CommaSeparatedValues {
  struct Row: Equatable {
    /// Where it begins, from 1.
    let line: Int
    let fields: [String]
  }

  static func rows(of text: String) -> [Row] {
    var rows: [Row] = []
    var fields: [String] = []
    var field = ""
    var wasQuoted = false
    var isQuoted = false
    var line = 1
    var firstLine = 1
    func endField() {
      fields.append(wasQuoted ? field : field.trimmingSpaces())
      field = ""
      wasQuoted = false
    }
    func endRow() {
      endField()
      if fields != [""] && !(fields[0].hasPrefix("#")) { rows.append(Row(line: firstLine, fields: fields)) }
      fields = []
      firstLine = line
    }
    var characters = Array(text.drop { $0 == "\u{FEFF}" })
    if characters.last?.isNewline != true { characters.append("\n") }
    var index = 0
    while index < characters.count {
      let character = characters[index]
      index += 1
      if character.isNewline { line += 1 }
      if isQuoted {
        if character != "\"" {
          field.append(character)
        } else if index < characters.count, characters[index] == "\"" {
          field.append("\"")
          index += 1
        } else {
          isQuoted = false
        }
      } else if character == "\"", field.allSatisfy(\.isWhitespace) {
        field = ""
        isQuoted = true
        wasQuoted = true
      } else if character == "," {
        endField()
      } else if character.isNewline {
        endRow()
      } else {
        field.append(character)
      }
    }
    if !fields.isEmpty || !field.isEmpty { endRow() }
    return rows
  }
}

extension String {
  fileprivate func trimmingSpaces() -> String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
