package import Neural

/// Faster lowerings than the plain rules, asked first: on maps in blocks of eight channels, with Winograd's transforms.
package enum FastPaths {
  /// Lowers a node if a faster path serves it; nil where the plain rule has to.
  package static func lower(
    _ context: NodeContext, _ lowering: inout TrainingLowering
  ) throws(ModelError) -> Backward? {
    guard let shape = context.outputs.first?.shape, shape.rank == 4, shape.count > 0,
      context.optional(0)?.shape.rank == 4
    else { return nil }
    switch context.node.operation {
    case "Conv": return try convolution(context, &lowering)
    case "ConvTranspose": return try transposedConvolution(context, &lowering)
    case "BatchNormalization": return try normalization(context, &lowering)
    case "MaxPool": return try halving(context, &lowering)
    case "GlobalAveragePool": return try globalAverage(context, &lowering)
    case "Concat": return try concatenation(context, &lowering)
    default: return nil
    }
  }

  /// Whether an operand has been made in blocks: a path that would first have to convert it gains nothing.
  static func isBlocked(_ context: NodeContext, _ index: Int, _ lowering: TrainingLowering) -> Bool {
    context.optional(index).map { lowering.forward.blockedTensors[$0.value] != nil } ?? false
  }

  private static func convolution(
    _ context: NodeContext, _ lowering: inout TrainingLowering
  ) throws(ModelError) -> Backward? {
    guard context.node.activation == .none else { return nil }
    if let layer = try WinogradLayer(context, lowering) { return try layer.lower(context, &lowering) }
    if let layer = try FirstLayer(context, lowering) { return try layer.lower(context, &lowering) }
    if let layer = try HeadLayer(context, lowering) { return try layer.lower(context, &lowering) }
    return nil
  }
}

extension TrainingLowering {
  /// A blocked map that the caller fills with a gradient, and the step that then adds it to what is there already, if
  /// anything is: for kernels that can only write.
  mutating func writingBlockedGradient(
    _ context: NodeContext, _ index: Int, shape: Shape,
    _ fill: (BlockedTensor, inout TrainingLowering) throws(ModelError) -> Void
  ) throws(ModelError) {
    guard let (target, adds) = blockedInputGradient(context, index) else { return }
    guard adds else { return try fill(target, &self) }
    let part = forward.blockedTemporary(shape)
    try fill(part, &self)
    pass(
      context, part.tensor, to: GradientTarget(tensor: target.tensor, adds: true), count: target.elements)
  }

  /// The same for a gradient in rows.
  mutating func writingGradient(
    _ context: NodeContext, _ index: Int, shape: Shape,
    _ fill: (TensorID, inout TrainingLowering) throws(ModelError) -> Void
  ) throws(ModelError) {
    guard let target = inputGradient(context, index) else { return }
    guard target.adds else { return try fill(target.tensor, &self) }
    let part = forward.temporary(shape)
    try fill(part, &self)
    pass(context, part, to: target, count: shape.count)
  }
}
