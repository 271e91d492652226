/// What a value is, as far as planning knows.
package struct TensorType: Sendable, Equatable {
  package var shape: Shape
  package var elementType: ElementType

  package init(_ shape: Shape, _ elementType: ElementType = .float) {
    self.shape = shape
    self.elementType = elementType
  }
}

/// An operand of a node while planning: its type, and its values if they are known by now.
package struct Operand: Sendable {
  package let value: ValueID
  package let type: TensorType
  package let constant: Tensor?

  package init(value: ValueID, type: TensorType, constant: Tensor?) {
    (self.value, self.type, self.constant) = (value, type, constant)
  }

  package var shape: Shape { type.shape }
}

/// A node with everything that planning knows of it: the one view operators have of the graph.
package struct NodeContext: Sendable {
  package let node: Node
  package let opset: Int
  package let operands: [Operand?]
  /// Filled once shapes are inferred.
  package var outputs: [TensorType] = []
  /// Slopes of a fused PRelu.
  package var slopes: Tensor?

  package func failure(_ message: String) -> ModelError { failure(.invalid, message) }

  package func failure(_ code: ModelError.Code, _ message: String) -> ModelError {
    ModelError(code, "\(node.role): \(message)")
  }

  // MARK: Operands

  package func optional(_ index: Int) -> Operand? { index < operands.count ? operands[index] : nil }

  package func operand(_ index: Int) throws(ModelError) -> Operand {
    guard let operand = optional(index) else {
      throw failure(.malformed, "input \(index) is missing; export the model again")
    }
    return operand
  }

  package func shape(_ index: Int) throws(ModelError) -> Shape { try operand(index).shape }

  /// An operand that must be a floating-point tensor.
  package func floating(_ index: Int) throws(ModelError) -> Operand {
    let operand = try operand(index)
    guard operand.type.elementType.isFloatingPoint else {
      throw failure(
        .unsupported,
        "input \(index) is of type \(operand.type.elementType); only floating-point tensors are supported here")
    }
    return operand
  }

  /// The values of an operand that decides shapes, and so must be known while planning.
  package func integers(_ index: Int) throws(ModelError) -> [Int]? {
    guard let operand = optional(index) else { return nil }
    guard let tensor = operand.constant else {
      throw failure(
        .needsConstant, "input \(index) decides the shape of the result and is computed from data; only constants can")
    }
    guard let values = tensor.integers else { throw failure("input \(index) must hold integers") }
    return values.map { Int(min(max($0, -Limits.attributeMagnitude), Limits.attributeMagnitude)) }
  }

  /// The values of a floating-point operand that must be known while planning.
  package func constantFloats(_ index: Int) throws(ModelError) -> [Float]? {
    guard let operand = optional(index) else { return nil }
    guard let tensor = operand.constant else {
      throw failure(.needsConstant, "input \(index) is computed from data; only constants are supported here")
    }
    guard let values = tensor.floats else { throw failure("input \(index) must hold floating-point numbers") }
    return values
  }

  package func scalar(_ index: Int) throws(ModelError) -> Float? {
    guard let values = try constantFloats(index) else { return nil }
    guard values.count == 1 else { throw failure("input \(index) must hold one number, has \(values.count)") }
    return values[0]
  }

  // MARK: Attributes

  package func int(_ name: String) throws(ModelError) -> Int? {
    guard let value = node.attributes[name] else { return nil }
    guard case .int(let int) = value else { throw wrongKind(name, "an integer") }
    return int
  }

  package func flag(_ name: String, default fallback: Bool = false) throws(ModelError) -> Bool {
    try int(name).map { $0 != 0 } ?? fallback
  }

  package func float(_ name: String, default fallback: Float) throws(ModelError) -> Float {
    guard let value = node.attributes[name] else { return fallback }
    guard case .float(let float) = value else { throw wrongKind(name, "a number") }
    return float
  }

  package func ints(_ name: String) throws(ModelError) -> [Int]? {
    guard let value = node.attributes[name] else { return nil }
    guard case .ints(let ints) = value else { throw wrongKind(name, "a list of integers") }
    return ints
  }

  package func string(_ name: String, default fallback: String) throws(ModelError) -> String {
    guard let value = node.attributes[name] else { return fallback }
    guard case .string(let string) = value else { throw wrongKind(name, "a text") }
    return string
  }

  package func has(_ name: String) -> Bool { node.attributes[name] != nil }

  private func wrongKind(_ name: String, _ kind: String) -> ModelError {
    failure(.malformed, "attribute `\(name)` must be \(kind); export the model again")
  }

  // MARK: Axes

  /// An axis that may count from the end.
  package func axis(_ axis: Int, rank: Int) throws(ModelError) -> Int {
    let positive = axis < 0 ? axis + rank : axis
    guard positive >= 0 && positive < rank else { throw failure("axis \(axis) is outside a tensor of \(rank) axes") }
    return positive
  }

  /// Axes in ascending order, each once.
  package func axes(_ axes: [Int], rank: Int) throws(ModelError) -> [Int] {
    var positive: [Int] = []
    for each in axes { positive.append(try axis(each, rank: rank)) }
    guard Set(positive).count == positive.count else { throw failure("axes \(axes) name an axis twice") }
    return positive
  }

  /// A list that older operator sets keep in an attribute and newer ones in an input.
  package func list(attribute name: String, orInput index: Int) throws(ModelError) -> [Int]? {
    if let values = try ints(name) { return values }
    return try integers(index)
  }
}
