/// The type a model's weights have in its file; all computing is done in single precision.
public enum WeightFormat: String, Sendable, Hashable, CaseIterable {
  case float32
  /// Half the bytes. Each weight tensor is followed by a `Cast` that widens it, so that any runtime takes the file.
  /// Tensors of fewer than two axes (biases, statistics) stay as they are: they are small, and matter most.
  /// So do tensors with a value beyond ±65,504.
  case float16
}

extension Graph {
  /// The graph with half-precision weights, and the `Cast` nodes behind them, replaced by single-precision ones that
  /// bear the names of the casts' results.
  package func withWidenedWeights() -> Graph {
    var graph = self
    graph.nodes = nodes.filter { node in
      guard let (input, output) = Self.widening(node), let tensor = constants[input], tensor.elementType == .float16,
        !outputs.contains(output)
      else { return true }
      graph.constants[output] = tensor.floatStorage.map { Tensor(tensor.shape, .float, .floats($0)) }
      return false
    }
    let read = Set(graph.nodes.flatMap(\.inputs).compactMap(\.self))
    let casts = Set(nodes.compactMap { Self.widening($0)?.input })
    graph.constants = graph.constants.filter { !casts.contains($0.key) || read.contains($0.key) }
    return graph
  }

  /// The graph with its single-precision weights kept in half precision, each with a `Cast` that widens it.
  func withNarrowedWeights() -> Graph {
    var graph = self
    var taken = Set(valueNames)
    func free(_ wanted: String) -> String {
      var name = wanted
      while !taken.insert(name).inserted { name += "_" }
      return name
    }
    var casts: [Node] = []
    for (id, tensor) in constants.sorted(by: { $0.key < $1.key }) {
      guard tensor.elementType == .float, tensor.shape.rank >= 2, !outputs.contains(id),
        let halves = tensor.floatStorage.flatMap(HalfStorage.init(narrowing:))
      else { continue }
      let stored = graph.newValue(free(name(id) + "_f16"))
      graph.constants[id] = nil
      graph.constants[stored] = Tensor(tensor.shape, halves: halves)
      casts.append(
        Node(
          name: name(id) + "_widen", operation: "Cast", inputs: [stored], outputs: [id],
          attributes: ["to": .int(Int(ElementType.float.rawValue))]))
    }
    graph.nodes = casts + nodes
    return graph
  }

  /// What a cast to single precision reads and makes.
  private static func widening(_ node: Node) -> (input: ValueID, output: ValueID)? {
    guard node.operation == "Cast", case .int(Int(ElementType.float.rawValue))? = node.attributes["to"],
      let input = node.inputs.first ?? nil, let output = node.outputs.first ?? nil
    else { return nil }
    return (input, output)
  }
}
