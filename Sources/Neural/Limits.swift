/// Bounds on what a file may ask for, so that a hostile one cannot exhaust memory or overflow arithmetic.
package enum Limits {
  /// Bytes of a model file; the format itself (protobuf) ends at 2 GiB.
  package static let fileBytes = (1 << 31) - 1
  /// Elements of one tensor: sums of a few products of two such numbers stay far inside 64 bits.
  package static let elements = 1 << 30
  /// Elements of one tensor that is computed while planning.
  package static let foldedElements = 1 << 26
  /// Elements of the arena of one execution, and of all constants computed for it.
  package static let arenaElements = 1 << 30
  /// Elements of scratch memory of one worker.
  package static let scratchElements = 1 << 28
  package static let rank = 12
  package static let nodes = 1 << 17
  /// Attributes and integer values that end up in index arithmetic.
  package static let attributeMagnitude: Int64 = 1 << 31

  /// Checks sizes that come from a file or from arithmetic over its values.
  package static func shape(_ dimensions: some Collection<Int64>, of role: String) throws(ModelError) -> Shape {
    guard dimensions.count <= rank else {
      throw ModelError(.unsupported, "\(role): \(dimensions.count) axes; at most \(rank) are supported")
    }
    var sizes: [Int] = []
    for dimension in dimensions {
      guard dimension >= 0 else {
        throw ModelError(.malformed, "\(role): size \(dimension) of an axis is negative; export the model again")
      }
      sizes.append(Int(dimension))
    }
    return try shape(sizes, of: role)
  }

  package static func shape(_ sizes: [Int], of role: String) throws(ModelError) -> Shape {
    let shape = Shape(sizes)
    let nonEmpty = Shape(sizes.map { max($0, 1) })
    guard sizes.allSatisfy({ $0 >= 0 }) else {
      throw ModelError(.invalid, "\(role): shape \(shape) has a negative size; give a larger input")
    }
    guard sizes.count <= rank, nonEmpty.count <= elements else {
      throw ModelError(.tooLarge, "\(role): shape \(shape) is beyond \(elements) elements; give a smaller input")
    }
    return shape
  }
}
