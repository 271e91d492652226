/// Why fakes cannot be made: one sentence that names the offender and the way out.
public struct ForgeError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ sentence: String) { description = sentence }
}
