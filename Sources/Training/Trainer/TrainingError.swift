/// Why training cannot begin or go on: one sentence that names the offender and the way out.
public struct TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ sentence: String) { description = sentence }
}
