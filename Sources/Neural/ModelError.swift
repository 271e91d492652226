/// Why a model cannot be read, prepared, run or written: one sentence that names the offender and the way out.
public struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of mistake, for callers that act on it.
  public enum Code: String, Sendable, Hashable {
    /// The file is missing or cannot be read.
    case unreadable
    /// The file cannot be written where it was asked for.
    case unwritable
    /// The file is no whole ONNX file, or contradicts itself.
    case malformed
    /// The file is well formed but asks for something this engine does not have.
    case unsupported
    /// Shapes, types or attributes do not fit one another.
    case invalid
    /// An operand that decides shapes or prepares weights is computed from data, or was given as data.
    case needsConstant
    /// A size is beyond the limits of this engine.
    case tooLarge
    /// An input or constant given by the caller does not fit the model.
    case mismatch
    /// Computed values differ from the recorded ones.
    case wrongResult
  }

  /// For programs.
  public let code: Code
  /// For people: one sentence.
  public let message: String

  /// `message` names the offender first and the way out last.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message alone.
  public var description: String { message }
}
