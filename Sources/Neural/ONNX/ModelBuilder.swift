/// Builds a model node by node: shapes are checked as it goes, and weights drawn from a seeded generator.
///
/// ```swift
/// var builder = ModelBuilder(seed: 1)
/// let x = builder.input("input", [3, 256, 256])
/// let features = try builder.relu(builder.batchNorm("bn", builder.conv("conv", x, to: 16, kernel: 3, padding: 1)))
/// try builder.output("mask", builder.sigmoid(builder.conv("head", features, to: 1)))
/// let model = try builder.model()
/// ```
///
/// Weights of convolutions and products are normal with deviation √(2 / inputs of one output) (He et al.,
/// arXiv:1502.01852), biases 0, scales of normalisations 1. Parameters are named after their layer: `conv.weight`,
/// `conv.bias`, `bn.running_mean`, as PyTorch names them.
public struct ModelBuilder {
  /// A value of the graph under construction.
  public struct Value: Sendable {
    let id: ValueID
    /// Its shape for a batch of one.
    public let shape: Shape
  }

  private var graph: Graph
  private var inputs: [ValueInfo] = []
  private var outputs: [ValueInfo] = []
  private var state: UInt64
  private var names: Set<String> = []

  /// - Parameter operatorSet: the version of ONNX's operators to write the nodes in.
  public init(seed: UInt64, operatorSet: Int = 17) {
    graph = Graph(opset: operatorSet)
    state = seed
  }

  // MARK: Ends

  /// An input of shape (N, sizes…), the batch N left open.
  public mutating func input(_ name: String, _ sizes: [Int]) throws(ModelError) -> Value {
    let value = try define(name, Shape([1] + sizes))
    graph.inputs.append(value.id)
    inputs.append(ValueInfo(name, [.symbolic("N")] + sizes.map { .fixed($0) }))
    return value
  }

  /// Makes a value an output by this name.
  public mutating func output(_ name: String, _ value: Value) throws(ModelError) {
    let last = graph.nodes.indices.last { graph.nodes[$0].outputs.contains(value.id) }
    guard let last, names.insert(name).inserted else {
      throw ModelError(.invalid, "output `\(name)`: the name is taken, or no node makes the value")
    }
    let isRead = graph.nodes.contains { $0.inputs.contains(value.id) } || graph.outputs.contains(value.id)
    if isRead {
      // Somebody knows the value by the name it has.
      let output = graph.newValue(name)
      graph.nodes.append(
        Node(name: name, operation: "Identity", inputs: [value.id], outputs: [output], attributes: [:]))
      graph.outputs.append(output)
    } else {
      graph.valueNames[value.id.index] = name
      graph.nodes[last].name = name
      graph.outputs.append(value.id)
    }
    outputs.append(ValueInfo(name, [.symbolic("N")] + value.shape.dimensions.dropFirst().map { .fixed($0) }))
  }

  /// The finished model.
  ///
  /// - Throws: `ModelError` if it has no output.
  public func model(metadata: [String: String] = [:]) throws(ModelError) -> Model {
    guard !graph.outputs.isEmpty else { throw ModelError(.invalid, "the model has no output; name one") }
    return Model(
      graph: graph, inputs: inputs, outputs: outputs, metadata: metadata, formatVersion: 8, producer: "unmask")
  }

  // MARK: Nodes

  /// Any node with one result, whose shape is inferred.
  ///
  /// - Throws: `ModelError` for an unknown operator, or operands that do not fit.
  mutating func add(
    _ name: String, _ operation: String, _ operands: [Value?], _ attributes: [String: AttributeValue] = [:]
  ) throws(ModelError) -> Value {
    let node = Node(
      name: name, operation: operation, inputs: operands.map { $0?.id }, outputs: [], attributes: attributes)
    var context = NodeContext(
      node: node, opset: graph.opset,
      operands: operands.map { operand in
        operand.map { operand in
          let tensor = graph.constants[operand.id]
          return Operand(
            value: operand.id, type: TensorType(operand.shape, tensor?.elementType ?? .float), constant: tensor)
        }
      })
    context.outputs = try Operators.definition(of: node).infer(context)
    let result = try define(name, context.outputs[0].shape)
    graph.nodes.append(
      Node(
        name: name, operation: operation, inputs: node.inputs, outputs: [result.id], attributes: attributes))
    return result
  }

  /// An initialiser.
  mutating func constant(_ name: String, _ tensor: Tensor) throws(ModelError) -> Value {
    let value = try define(name, tensor.shape)
    graph.constants[value.id] = tensor
    return value
  }

  /// A weight of normal numbers with deviation √(2 / inputs).
  mutating func weight(_ name: String, _ shape: Shape, inputs: Int) throws(ModelError) -> Value {
    let deviation = (2 / Float(max(inputs, 1))).squareRoot()
    return try constant(name, Tensor(shape, floats: normals(shape.count).map { $0 * deviation }))
  }

  mutating func filled(_ name: String, _ shape: Shape, _ value: Float) throws(ModelError) -> Value {
    try constant(name, Tensor(shape, floats: Array(repeating: value, count: shape.count)))
  }

  private mutating func define(_ name: String, _ shape: Shape) throws(ModelError) -> Value {
    guard names.insert(name).inserted else {
      throw ModelError(.invalid, "the name `\(name)` is already taken; names must be unique in a model")
    }
    return Value(id: graph.newValue(name), shape: shape)
  }

  // MARK: Chance

  /// SplitMix64 (Steele, Lea and Flood, 2014).
  private mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }

  /// Numbers close to normal, of mean 0 and deviation 1: sums of twelve even ones, which need no library's logarithm
  /// and so are the same on every machine. None is beyond ±6.
  private mutating func normals(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      var sum: Float = -6
      for _ in 0..<6 {
        let both = bits()
        sum += Float(both >> 40) * 0x1p-24 + Float(both & 0xFF_FFFF) * 0x1p-24
      }
      return sum
    }
  }
}
