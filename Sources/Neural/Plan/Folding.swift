/// Computes nodes while planning.
enum Folding {
  /// Values of the outputs that are known by now; nil for the others.
  static func values(
    of context: NodeContext, _ definition: OperatorDefinition, weights: PreparedWeights
  ) throws(ModelError) -> [Tensor?] {
    var values = [Tensor?](repeating: nil, count: context.outputs.count)
    guard context.outputs.allSatisfy({ $0.shape.count <= Limits.foldedElements }) else {
      guard definition.lower != nil else {
        throw context.failure(.tooLarge, "its result is beyond \(Limits.foldedElements) elements; simplify the model")
      }
      return values
    }
    if let evaluate = definition.evaluate {
      for (index, value) in try evaluate(context).enumerated() where index < values.count { values[index] = value }
      if values.contains(where: { $0 != nil }) { return values }
    }
    guard let lower = definition.lower, !context.operands.isEmpty,
      context.operands.allSatisfy({ $0 == nil || $0?.constant?.floatStorage != nil }),
      context.operands.contains(where: { $0 != nil }),
      context.outputs.allSatisfy({ $0.elementType.isFloatingPoint })
    else { return values }
    var lowering = Lowering(weights: PreparedWeights())
    try lower(context, &lowering)
    let outputs = context.node.outputs.map { $0.flatMap { lowering.tensor(of: $0) } }
    let memory = try MemoryPlan(
      tensors: lowering.tensors, steps: lowering.steps, inputs: [], outputs: outputs.compactMap(\.self))
    let arena = Arena(
      tensors: lowering.tensors, steps: lowering.steps, memory: memory, workers: 1, workspace: Workspace())
    arena.run(lowering.steps)
    for (index, output) in outputs.enumerated() {
      guard let output else { continue }
      values[index] = Tensor(context.outputs[index].shape, .float, .floats(arena.copy(of: output)))
    }
    return values
  }
}
