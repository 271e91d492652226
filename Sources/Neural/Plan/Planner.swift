/// Turns a graph and concrete input shapes into steps over placed tensors.
///
/// Values known while planning (weights, shapes, and all that follows from them) are computed at once; of the
/// rest, only what the outputs need becomes steps.
package struct Planner {
  package let graph: Graph
  package private(set) var types: [ValueID: TensorType] = [:]
  package private(set) var known: [ValueID: Tensor]
  package private(set) var contexts: [NodeContext] = []
  private let weights: PreparedWeights
  private var foldedElements = 0

  package init(
    graph: Graph, shapes: [ValueID: Shape], constants: [ValueID: Tensor], weights: PreparedWeights
  ) throws(ModelError) {
    self.graph = graph
    self.weights = weights
    known = graph.constants.merging(constants) { _, given in given }
    for (value, tensor) in known { types[value] = TensorType(tensor.shape, tensor.elementType) }
    for (value, shape) in shapes { types[value] = TensorType(shape) }
    for node in graph.nodes { try add(node) }
  }

  /// Infers one node, and computes it at once if everything it reads is known.
  private mutating func add(_ node: Node) throws(ModelError) {
    let definition = try Operators.definition(of: node)
    var context = try context(of: node)
    context.outputs = try definition.infer(context)
    for (index, type) in context.outputs.enumerated() {
      _ = try Limits.shape(type.shape.dimensions, of: "\(node.role), output \(index)")
    }
    guard node.outputs.count <= context.outputs.count else {
      throw context.failure(
        .unsupported, "it has \(node.outputs.count) outputs; only \(context.outputs.count) are supported")
    }
    let values = try Folding.values(of: context, definition, weights: weights)
    var isKnown = true
    for (index, output) in node.outputs.enumerated() {
      guard let output else { continue }
      types[output] = context.outputs[index]
      if let value = values[index] {
        foldedElements += value.count
        known[output] = value
      } else {
        isKnown = false
      }
    }
    guard foldedElements <= Limits.elements else {
      throw context.failure(.tooLarge, "the constants computed so far are too large; give a smaller input")
    }
    if !isKnown { contexts.append(context) }
  }

  private func context(of node: Node) throws(ModelError) -> NodeContext {
    var operands: [Operand?] = []
    for input in node.inputs {
      guard let input else {
        operands.append(nil)
        continue
      }
      guard let type = types[input] else {
        throw ModelError(.invalid, "\(node.role): the shape of `\(graph.name(input))` is unknown")
      }
      operands.append(Operand(value: input, type: type, constant: known[input]))
    }
    var context = NodeContext(node: node, opset: graph.opset, operands: operands)
    if case .slopes(let value) = node.activation { context.slopes = known[value] }
    return context
  }

  /// The steps that make the graph's outputs.
  ///
  /// - Parameters:
  ///   - threads: how many will share the work.
  ///   - blocked: whether the blocked layout may be used; without it everything runs on the plain kernels.
  package consuming func lower(threads: Int, blocked: Bool = true) throws(ModelError) -> Plan {
    var needed = Set(graph.outputs)
    var live: [NodeContext] = []
    for context in contexts.reversed() where context.node.outputs.contains(where: { $0.map(needed.contains) ?? false })
    {
      live.append(context)
      for operand in context.operands { if let operand { needed.insert(operand.value) } }
    }
    var lowering = Lowering(weights: weights)
    for input in graph.inputs where known[input] == nil { lowering.graphInput(input, types[input]?.shape ?? []) }
    var blockedLowering = try BlockedLowering(blocked ? live.reversed() : [], threads: threads)
    for context in live.reversed() {
      let definition = try Operators.definition(of: context.node)
      for (index, type) in context.outputs.enumerated() where index < context.node.outputs.count {
        guard let output = context.node.outputs[index], known[output] == nil else { continue }
        guard type.elementType.isFloatingPoint else {
          throw context.failure(
            .unsupported, "it computes \(type.elementType) values from data; only floating-point ones are supported")
        }
      }
      guard let lower = definition.lower else {
        throw context.failure(.unsupported, "it computes from data; it is supported for constants and shapes only")
      }
      if blocked, try blockedLowering.lower(context, &lowering) { continue }
      try lower(context, &lowering)
    }
    // The caller reads rows.
    for output in graph.outputs where known[output] == nil && lowering.tensor(of: output) == nil {
      if let blocked = lowering.blockedTensors[output] { _ = lowering.rowMajor(output, blocked) }
    }
    return try Plan(graph, types, known, lowering)
  }
}
