package import NeuralKernels

/// What the engine knows of one ONNX operator: the seam between graph and kernels.
package struct OperatorDefinition: Sendable {
  /// The types of the outputs, from concrete types of the operands.
  package let infer: @Sendable (NodeContext) throws(ModelError) -> [TensorType]

  /// Outputs whose values are known while planning, in order; nil for those that are not.
  ///
  /// Operators over floating-point numbers need none: with constant operands their steps are run once while planning.
  package var evaluate: (@Sendable (NodeContext) throws(ModelError) -> [Tensor?])?

  /// Adds the steps that compute the outputs; nil for operators that exist while planning only.
  package var lower: (@Sendable (NodeContext, inout Lowering) throws(ModelError) -> Void)?

  /// Whether `lower` applies the node's fused activation.
  package var appliesActivation = false

  /// For operators that only move elements: where each element of the output comes from.
  package var elementMap: (@Sendable (NodeContext) throws(ModelError) -> ElementMap)?

  /// The node as an activation that its producer could apply, if it is one.
  package var activation: (@Sendable (NodeContext) throws(ModelError) -> ElementFunction?)?
}

/// The operators of this engine by name.
package enum Operators {
  package static let table: [String: OperatorDefinition] = {
    let families = [
      convolutions, poolings, normalizations, elementFunctions, arithmetic, matrixProducts, softmaxes, reductions,
      resizings, views, movements, joins, comparisons, constants,
    ]
    return families.reduce(into: [:]) { table, family in
      table.merge(family) { _, _ in preconditionFailure("an operator is defined twice") }
    }
  }()

  package static func definition(of node: Node) throws(ModelError) -> OperatorDefinition {
    guard let definition = table[node.operation] else {
      throw ModelError(
        .unsupported,
        "\(node.role): the operator `\(node.operation)` is not supported; export the model with other operators")
    }
    return definition
  }

  /// Refuses graphs with unknown operators at once, whatever shapes they are run with.
  package static func check(_ graph: Graph) throws(ModelError) {
    for node in graph.nodes { _ = try definition(of: node) }
  }
}
