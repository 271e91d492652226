/// Why there is nothing to evaluate or to calibrate.
public struct EvaluationError: Error, Sendable, CustomStringConvertible {
  /// One sentence that names what is wrong and the way out.
  public let description: String

  init(_ description: String) { self.description = description }
}
