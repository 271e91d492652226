/// The sizes of a tensor's axes, outermost first; no axes at all is a single number.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// Size of each axis.
  public let dimensions: [Int]

  /// Any sizes; whoever makes tensors of them checks them.
  public init(_ dimensions: [Int]) { self.dimensions = dimensions }

  /// `[1, 3, 256, 256]`
  public init(arrayLiteral elements: Int...) { self.dimensions = elements }

  /// Number of axes.
  public var rank: Int { dimensions.count }

  /// Number of elements: the product of the dimensions, or `Int.max` where it would overflow.
  public var count: Int { Self.product(dimensions[...]) }

  /// Size of one axis.
  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// `(1, 3, 256, 256)`
  public var description: String { "(" + dimensions.map(String.init).joined(separator: ", ") + ")" }

  /// Product of a run of dimensions, `Int.max` where it would overflow.
  package static func product(_ dimensions: ArraySlice<Int>) -> Int {
    if dimensions.contains(0) { return 0 }
    var product = 1
    for dimension in dimensions {
      let (value, overflow) = product.multipliedReportingOverflow(by: dimension)
      if overflow || dimension < 0 { return Int.max }
      product = value
    }
    return product
  }

  /// Elements before `axis` (the lines) and after it (the distance between neighbours along the axis).
  package func outer(_ axis: Int) -> Int { Self.product(dimensions[..<axis]) }
  package func inner(_ axis: Int) -> Int { Self.product(dimensions[(axis + 1)...]) }

  /// Distance between neighbours along each axis, row-major.
  package var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * max(dimensions[axis + 1], 1)
    }
    return strides
  }

  package func replacing(_ axis: Int, with size: Int) -> Shape {
    var dimensions = dimensions
    dimensions[axis] = size
    return Shape(dimensions)
  }
}
