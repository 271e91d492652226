internal import Foundation

/// What people are told beside the records, on standard error.
enum Diagnostics {
  static func say(_ sentence: String) {
    // One write a line, so that lines of several threads do not mix.
    try? FileHandle.standardError.write(contentsOf: Data("unmask: \(sentence)\n".utf8))
  }
}
