internal import Foundation

/// What people are told beside the records, on standard error.
enum Diagnostics {
  /// - Parameter waits: whether to wait for a reader that has fallen asleep; what is said in passing is dropped instead.
  static func say(_ sentence: String, waits: Bool = true) {
    var readiness = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    if !waits, unsafe poll(&readiness, 1, 0) == 0 { return }
    // One write a line, so that lines of several threads do not mix.
    try? FileHandle.standardError.write(contentsOf: Data("unmask: \(sentence)\n".utf8))
  }
}
