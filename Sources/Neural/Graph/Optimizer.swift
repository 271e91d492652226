/// Rewrites that hold for every input shape.
enum Optimizer {
  static func optimized(_ graph: Graph) throws(ModelError) -> Graph {
    var graph = graph
    try foldConstants(&graph)
    bypassIdentities(&graph)
    try fuseBatchNormalizations(&graph)
    try fuseActivations(&graph)
    removeDeadNodes(&graph)
    return graph
  }

  /// Computes nodes that read constants only.
  static func foldConstants(_ graph: inout Graph) throws(ModelError) {
    var kept: [Node] = []
    let weights = PreparedWeights()
    var folded = 0
    for node in graph.nodes {
      let operands = node.inputs.map { input in input.map { (value: $0, tensor: graph.constants[$0]) } }
      guard operands.allSatisfy({ $0 == nil || $0?.tensor != nil }) else {
        kept.append(node)
        continue
      }
      let definition = try Operators.definition(of: node)
      var context = NodeContext(
        node: node, opset: graph.opset,
        operands: operands.map { operand in
          operand.flatMap { operand in
            operand.tensor.map {
              Operand(value: operand.value, type: TensorType($0.shape, $0.elementType), constant: $0)
            }
          }
        })
      context.outputs = try definition.infer(context)
      for type in context.outputs { _ = try Limits.shape(type.shape.dimensions, of: node.role) }
      let values = try Folding.values(of: context, definition, weights: weights)
      let isKnown = node.outputs.indices.allSatisfy {
        node.outputs[$0] == nil || ($0 < values.count && values[$0] != nil)
      }
      guard isKnown else {
        kept.append(node)
        continue
      }
      for (index, output) in node.outputs.enumerated() {
        guard let output, let value = values[index] else { continue }
        folded += value.count
        graph.constants[output] = value
      }
      guard folded <= Limits.elements else {
        throw context.failure(.tooLarge, "the constants computed so far are too large; simplify the model")
      }
    }
    graph.nodes = kept
  }

  /// Lets readers of an identity (or of a dropout, which does nothing outside training) read its input instead.
  static func bypassIdentities(_ graph: inout Graph) {
    var source: [ValueID: ValueID] = [:]
    for index in graph.nodes.indices {
      graph.nodes[index].inputs = graph.nodes[index].inputs.map { input in input.map { source[$0] ?? $0 } }
      let node = graph.nodes[index]
      guard node.operation == "Identity" || (node.operation == "Dropout" && node.inputs.count < 3),
        let input = node.inputs.first ?? nil, let output = node.outputs.first ?? nil
      else { continue }
      source[output] = input
    }
  }

  static func removeDeadNodes(_ graph: inout Graph) {
    var needed = Set(graph.outputs)
    var kept: [Node] = []
    for node in graph.nodes.reversed() {
      guard node.outputs.contains(where: { $0.map(needed.contains) ?? false }) else { continue }
      kept.append(node)
      needed.formUnion(node.inputs.compactMap(\.self))
      if case .slopes(let value) = node.activation { needed.insert(value) }
    }
    graph.nodes = kept.reversed()
    graph.constants = graph.constants.filter { needed.contains($0.key) }
  }
}
