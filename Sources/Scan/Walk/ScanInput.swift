/// One thing to scan, or the reason why there is nothing.
enum ScanInput: Sendable, Hashable {
  case file(FoundFile)
  /// An image sequence, a named pipe, a URL: what has no content to be recognised by.
  case other(String)
  case problem(path: String, code: String, message: String)
}

/// A regular file, and what the folder says of it.
struct FoundFile: Sendable, Hashable {
  /// As given, or found below what was given.
  let path: String
  let bytes: Int
  /// Microseconds since 1970.
  let modified: Int64
  let device: Int64
  let inode: Int64
}
