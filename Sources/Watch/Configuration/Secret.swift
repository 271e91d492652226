/// A text that must not be shown. Prints as `***`, also inside other values.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The text itself.
  public let plain: String

  public init(_ plain: String) { self.plain = plain }

  public var description: String { "***" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
