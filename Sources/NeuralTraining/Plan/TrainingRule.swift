package import Neural

/// Adds a node's backward steps, once everything that reads the node's outputs has added its own.
package typealias Backward = (inout TrainingLowering) throws(ModelError) -> Void

/// How one operator is trained.
///
/// `lower` adds the forward steps and returns what adds the backward ones; whatever the backward pass needs (saved
/// means, masks, the tensors of operands) is captured on the way, and its memory lives until then because a backward
/// step names it among its reads. Nothing else keeps an activation alive.
///
/// **Where a faster path goes.** `FastPaths.lower` is asked first for every node and may return nil; the plain rule
/// of the table, row-major over im2col and sgemm, is the fallback and the reference it is tested against. A fast
/// path that works in blocks of eight channels takes its operands with `lowering.forward.blockedInput`, makes its
/// results with `lowering.forward.blockedOutput`, and passes gradients with `blockedInputGradient` and
/// `blockedOutputGradient`: values and gradients are converted once wherever the neighbour works in rows.
package struct TrainingRule: Sendable {
  package let lower: @Sendable (NodeContext, inout TrainingLowering) throws(ModelError) -> Backward

  package init(_ lower: @escaping @Sendable (NodeContext, inout TrainingLowering) throws(ModelError) -> Backward) {
    self.lower = lower
  }

  /// An operator whose forward pass is that of inference.
  package static func asInInference(
    _ backward: @escaping @Sendable (NodeContext, inout TrainingLowering) throws(ModelError) -> Void
  ) -> TrainingRule {
    TrainingRule { context, lowering throws(ModelError) in
      try lowering.lowerForward(context)
      return { lowering throws(ModelError) in try backward(context, &lowering) }
    }
  }
}

/// The plain rules by operator.
package enum TrainingRules {
  static let table: [String: TrainingRule] = {
    let families = [
      convolutions, matrixProducts, normalizations, poolings, elementFunctions, arithmetic, softmaxes, reductions,
      resizings, views, movements, joins,
    ]
    return families.reduce(into: [:]) { table, family in
      table.merge(family) { _, _ in preconditionFailure("an operator has two rules") }
    }
  }()

  static func rule(for context: NodeContext) throws(ModelError) -> TrainingRule {
    guard let rule = table[context.node.operation] else {
      throw context.failure(
        .unsupported, "the operator `\(context.node.operation)` has no gradient here; train a model without it")
    }
    return rule
  }
}
