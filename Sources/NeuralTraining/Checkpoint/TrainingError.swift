/// Why a state of training cannot be saved or taken up again: one sentence that names the offender and the way out.
public struct TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of mistake, for callers that act on it.
  public enum Code: String, Sendable, Hashable {
    /// The file is missing or cannot be read.
    case unreadable
    /// The file cannot be written.
    case unwritable
    /// The file is no checkpoint, or is damaged.
    case malformed
    /// The checkpoint is of another network, or of other settings.
    case mismatch
  }

  public let code: Code
  public let message: String

  init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

  /// The message alone.
  public var description: String { message }
}
