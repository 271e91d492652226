internal import Foundation

/// Why records cannot be written.
public struct SinkError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
  /// The cause in one word of the records' vocabulary, such as `no_space`.
  public let reason: String
  /// Whether waiting may help.
  let passes: Bool

  init(_ description: String, reason: String = "io_error", passes: Bool = true) {
    self.description = description
    self.reason = reason
    self.passes = passes
  }

  /// - Parameters:
  ///   - name: the file's name.
  ///   - what: a predicate such as "cannot be opened for writing".
  ///   - advice: how to get out of it, where that can be told.
  init(_ name: String, _ what: String, code: Int32, advice: String? = nil) {
    self.init(
      "\(name): \(what): \(Self.sentence(code))" + (advice.map { "; \($0)" } ?? ""), reason: Self.word(code),
      passes: Self.passing.contains(code))
  }

  static func sentence(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

  private static func word(_ code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT: "no_space"
    case EFBIG: "too_large"
    case EROFS: "read_only"
    case EACCES, EPERM: "not_permitted"
    case ENOENT, ENOTDIR: "not_found"
    case ELOOP: "symbolic_link"
    case EPIPE: "closed"
    case ENXIO: "no_reader"
    case EMFILE, ENFILE, ENOMEM: "no_resources"
    default: "io_error"
    }
  }

  /// What may pass by itself; the others, when a file is opened for the first time, tell of a mistake in its name.
  private static let passing: Set<Int32> = [
    ENOSPC, EDQUOT, EFBIG, EROFS, ENXIO, EMFILE, ENFILE, ENOMEM, EIO, EAGAIN, EINTR, ETIMEDOUT, ESTALE, EBUSY,
  ]
}
