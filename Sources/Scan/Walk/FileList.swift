internal import Foundation
internal import Media

/// Paths from a file or standard input, one a line or each ended by a zero byte; read as they are asked for, so that a
/// list may be endless. Empty ones are passed over.
struct FileList {
  private let descriptor: Int32
  private let separator: UInt8
  private var waiting: [UInt8] = []
  private var isOver = false
  /// Why the list could not be read to its end.
  private(set) var failure: String?

  /// - Parameters:
  ///   - path: a file, or `-` for standard input.
  ///   - isNull: whether zero bytes end the paths, as `find -print0` writes them.
  init(_ path: String, isNull: Bool) throws(WalkError) {
    separator = isNull ? 0 : UInt8(ascii: "\n")
    descriptor = path == "-" ? STDIN_FILENO : unsafe open(PathText.cString(of: path), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw WalkError("--files-from \(path) cannot be read: \(unsafe String(cString: strerror(errno)))")
    }
  }

  mutating func next() -> String? {
    while true {
      while let end = waiting.firstIndex(of: separator) {
        let path = text(waiting[..<end])
        waiting.removeFirst(end + 1)
        if !path.isEmpty { return path }
      }
      if isOver {
        let path = text(waiting[...])
        waiting = []
        return path.isEmpty ? nil : path
      }
      fill()
    }
  }

  private func text(_ bytes: ArraySlice<UInt8>) -> String {
    // Lists made on Windows.
    let bytes = separator != 0 && bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
    return PathText.text(of: bytes)
  }

  private mutating func fill() {
    var piece = [UInt8](repeating: 0, count: 16_384)
    let count = unsafe piece.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { return }
    if count < 0 { failure = unsafe String(cString: strerror(errno)) }
    // A "path" of a megabyte is no path: a list of the other kind, or no list at all.
    if waiting.count > 1 << 20 {
      failure = "a line of more than a megabyte is no path"
      waiting = []
      isOver = true
      return
    }
    if count <= 0 {
      isOver = true
      if descriptor != STDIN_FILENO { close(descriptor) }
    } else {
      waiting += piece[..<count]
    }
  }
}

/// Why a walk cannot begin.
public struct WalkError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
