internal import Foundation

/// The first and the last bytes of a file that is there already.
struct FileEnds {
  /// The time of its first record.
  var begun: Timestamp?
  var tail: [UInt8] = []

  init(of file: OpenFile, path: String) {
    guard file.size > 0 else { return }
    // Writing is allowed without reading: then nothing can be known.
    let descriptor = unsafe Foundation.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard OpenFile(descriptor)?.identity == file.identity else { return }
    begun = Self.time(in: Self.read(descriptor, from: 0, count: 64))
    let reach = min(file.size, BrokenLine.reach)
    tail = Self.read(descriptor, from: file.size - reach, count: reach)
  }

  private static func read(_ descriptor: Int32, from offset: Int, count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let read = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, count, off_t(offset)) }
    return read == count || offset == 0 ? Array(bytes.prefix(max(0, read))) : []
  }

  private static func time(in head: [UInt8]) -> Timestamp? {
    let text = String(decoding: head, as: UTF8.self)
    return text.prefixMatch(of: /\{"@timestamp":"([^"]*)"/).flatMap { Timestamp(rfc3339: $0.1) }
  }
}
