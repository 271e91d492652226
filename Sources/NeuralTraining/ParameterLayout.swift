public import Neural

/// Where each parameter lies in the one block that holds them all: in the order of the file, each from the beginning
/// of a cache line. The elements between two of them are zero and stay so.
public struct ParameterLayout: Sendable, Hashable {
  /// One parameter.
  public struct Entry: Sendable, Hashable {
    public let name: String
    public let shape: Shape
    /// Its elements, row-major, in the block.
    public let range: Range<Int>
  }

  public let entries: [Entry]
  /// Elements of the block, gaps included.
  public let count: Int

  init(_ parameters: [(name: String, shape: Shape)]) {
    var entries: [Entry] = []
    var start = 0
    for (name, shape) in parameters {
      entries.append(Entry(name: name, shape: shape, range: start..<start + shape.count))
      start += MemoryPlan.aligned(shape.count)
    }
    (self.entries, count) = (entries, start)
  }

  /// Number of trained values, without the gaps.
  public var parameterCount: Int { entries.reduce(0) { $0 + $1.range.count } }

  /// The parameter of that name.
  public subscript(name: String) -> Entry? { entries.first { $0.name == name } }
}
