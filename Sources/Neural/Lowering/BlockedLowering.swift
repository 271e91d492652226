internal import NeuralKernels

/// Lowers what it can of a graph onto the blocked layout, where the fast kernels are.
///
/// Layouts are assigned as the graph is walked: a convolution makes its output in blocks, whatever follows keeps the
/// layout if it can, and a value is converted once where an operator needs it otherwise.
package struct BlockedLowering {
  package let threads: Int
  /// The 2×2 pooling that reads each value, if one does: a convolution may store its result too.
  private var halvings: [ValueID: NodeContext] = [:]
  /// Values that somebody else has stored already.
  private var stored: Set<ValueID> = []

  /// `contexts`: the nodes that will be lowered, in order.
  package init(_ contexts: some Sequence<NodeContext>, threads: Int) throws(ModelError) {
    self.threads = threads
    for context in contexts where context.node.operation == "MaxPool" {
      guard let input = context.node.inputs.first ?? nil, try isHalving(context) else { continue }
      halvings[input] = context
    }
  }

  /// Lowers a node if the blocked layout serves it; returns false where the plain kernels have to.
  package mutating func lower(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) -> Bool {
    guard let shape = context.outputs.first?.shape, shape.rank == 4, shape.count > 0,
      context.outputs[0].elementType.isFloatingPoint, let output = context.node.outputs.first ?? nil
    else { return false }
    if stored.contains(output) { return true }
    switch context.node.operation {
    case "Conv": return try lowerConvolution(context, &lowering)
    case "ConvTranspose": return try lowerTransposed(context, &lowering)
    case "MaxPool", "AveragePool": return try lowerPooling(context, &lowering)
    case "GlobalAveragePool": return try lowerGlobalAverage(context, &lowering)
    case "Concat": return try lowerConcatenation(context, &lowering)
    case "Add", "Sub", "Mul": return try lowerPair(context, &lowering)
    default: return try lowerElementFunction(context, &lowering)
    }
  }

  /// The blocked tensor for the 2×2 maximum of a value, if a pooling asks for it; the pooling is then done with.
  package mutating func halvedOutput(of value: ValueID, _ lowering: inout Lowering) -> BlockedTensor? {
    guard let pooling = halvings[value], let output = pooling.node.outputs.first ?? nil else { return nil }
    stored.insert(output)
    return lowering.blockedOutput(pooling)
  }

  /// A 2×2 maximum of stride 2 that uses every pixel once.
  private func isHalving(_ context: NodeContext) throws(ModelError) -> Bool {
    let shape = try context.shape(0)
    guard shape.rank == 4, shape[2] % 2 == 0, shape[3] % 2 == 0,
      context.node.outputs.dropFirst().allSatisfy({ $0 == nil })
    else { return false }
    let window = try SpatialWindow(context, input: shape).window
    return window.kernel == SIMD3(1, 2, 2) && window.stride == SIMD3(1, 2, 2) && window.padding == SIMD3(0, 0, 0)
      && window.dilation == SIMD3(1, 1, 1) && window.output.y * 2 == shape[2] && window.output.z * 2 == shape[3]
  }
}
