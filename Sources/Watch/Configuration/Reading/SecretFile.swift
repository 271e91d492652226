internal import Foundation

/// A password or token in a file of its own, such as systemd hands them over (`LoadCredential=`).
enum SecretFile {
  static let maximumBytes = 64 << 10

  /// Why there is none.
  struct Failure: Error, Hashable {
    /// Goes on after "which".
    let sentence: String
  }

  /// The text of the file without the line's end that editors leave behind.
  static func read(_ path: String) throws(Failure) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw Failure(sentence: "cannot be read: \(unsafe String(cString: strerror(errno)))")
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(sentence: "is no ordinary file")
    }
    guard status.st_size <= maximumBytes, let data = try? file.read(upToCount: maximumBytes) else {
      throw Failure(sentence: "has more than \(maximumBytes) bytes")
    }
    guard var text = String(bytes: data, encoding: .utf8), !text.unicodeScalars.contains("\0") else {
      throw Failure(sentence: "is no text in UTF-8")
    }
    if text.hasSuffix("\n") || text.hasSuffix("\r\n") { text.removeLast() }
    guard !text.isEmpty else { throw Failure(sentence: "is empty") }
    return text
  }
}
