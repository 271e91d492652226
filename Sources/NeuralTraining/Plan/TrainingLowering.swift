package import Neural
internal import NeuralKernels

/// Where an operator puts the gradient of one of its operands.
package struct GradientTarget: Sendable {
  package let tensor: TensorID
  /// Something is there already: add to it. Otherwise write every element.
  package let adds: Bool
}

/// Collects the steps of forward and backward pass while operators lower themselves.
package struct TrainingLowering {
  /// Tensors and steps; the layouts of values.
  package var forward: Lowering
  /// Threads that will share the work; results do not depend on it.
  package let threads: Int
  private let wanted: Set<ValueID>
  private var gradients: [ValueID: TensorID] = [:]
  private var blockedGradients: [ValueID: BlockedTensor] = [:]
  /// Where the gradients of parameters lie; written by the first contribution.
  private let parameterGradients: [ValueID: TensorID]
  /// Running statistics and the like, changed by the forward pass.
  private let buffers: [ValueID: TensorID]
  /// One tensor for each random node, whose first two elements hold the 64 bits of its key.
  private(set) var keys: [TensorID] = []
  private let keyTensor: TensorID

  /// Random nodes of one network.
  static let mostKeys = 256

  init(
    forward: Lowering, threads: Int, wanted: Set<ValueID>, parameterGradients: [ValueID: TensorID],
    buffers: [ValueID: TensorID], keys: TensorID
  ) {
    (self.forward, self.threads, self.wanted) = (forward, threads, wanted)
    (self.parameterGradients, self.buffers, keyTensor) = (parameterGradients, buffers, keys)
  }

  // MARK: Forward

  /// Adds the steps inference has for the node, on the plain kernels.
  package mutating func lowerForward(_ context: NodeContext) throws(ModelError) {
    guard let lower = try Operators.definition(of: context.node).lower else {
      throw context.failure(.unsupported, "it computes from data; it is supported for constants and shapes only")
    }
    try lower(context, &forward)
  }

  /// The row-major tensor of an operand.
  package mutating func input(_ context: NodeContext, _ index: Int) throws(ModelError) -> TensorID {
    forward.input(try context.floating(index))
  }

  /// The row-major tensor of a result that has been made.
  package mutating func result(_ context: NodeContext, _ index: Int = 0) -> TensorID {
    guard let value = context.node.outputs[index] else { preconditionFailure("an output nobody named") }
    return forward.input(Operand(value: value, type: context.outputs[index], constant: nil))
  }

  /// The tensor of a running statistic, which the forward pass may change; nil if the operand is none.
  package func buffer(_ context: NodeContext, _ index: Int) -> TensorID? {
    context.optional(index).flatMap { buffers[$0.value] }
  }

  /// A tensor whose first two elements hold 64 random bits, new in each forward pass.
  package mutating func randomKey(_ context: NodeContext) throws(ModelError) -> TensorID {
    guard keys.count < Self.mostKeys else {
      throw context.failure(.unsupported, "more than \(Self.mostKeys) random nodes are not supported")
    }
    let key = forward.add(
      PlannedTensor(shape: [2], place: .view(of: keyTensor, offset: 2 * keys.count), elements: 2))
    keys.append(key)
    return key
  }

  // MARK: Gradients

  /// Whether anything wants the gradient of an operand.
  package func wantsGradient(_ context: NodeContext, _ index: Int) -> Bool {
    context.optional(index).map { wanted.contains($0.value) } ?? false
  }

  /// The whole gradient of a result, in rows; nil where nothing passes one back.
  package mutating func outputGradient(_ context: NodeContext, _ index: Int = 0) -> TensorID? {
    guard let value = context.node.outputs[index] else { return nil }
    if let blocked = blockedGradients.removeValue(forKey: value) {
      let rows = rowMajor(blocked, context.outputs[index].shape)
      if let sum = gradients[value] { addStep(rows, to: sum) } else { gradients[value] = rows }
    }
    return gradients[value]
  }

  /// The whole gradient of a result, in blocks of eight channels; nil where nothing passes one back.
  package mutating func blockedOutputGradient(_ context: NodeContext, _ index: Int = 0) -> BlockedTensor? {
    guard let value = context.node.outputs[index] else { return nil }
    if let rows = gradients.removeValue(forKey: value) {
      let blocked = self.blocked(rows, context.outputs[index].shape)
      if let sum = blockedGradients[value] {
        addStep(blocked.tensor, to: sum.tensor)
      } else {
        blockedGradients[value] = blocked
      }
    }
    return blockedGradients[value]
  }

  /// Whether a result has a gradient, in whatever layout.
  package func hasGradient(_ value: ValueID) -> Bool { gradients[value] != nil || blockedGradients[value] != nil }

  /// Where the gradient of an operand goes, in rows; nil where nothing wants it. Claim it right before the steps that
  /// fill it: the next claim adds to what these write.
  package mutating func inputGradient(_ context: NodeContext, _ index: Int) -> GradientTarget? {
    guard let operand = context.optional(index), wanted.contains(operand.value) else { return nil }
    if let tensor = gradients[operand.value] { return GradientTarget(tensor: tensor, adds: true) }
    let tensor = parameterGradients[operand.value] ?? forward.temporary(operand.shape)
    gradients[operand.value] = tensor
    return GradientTarget(tensor: tensor, adds: false)
  }

  /// The same in blocks of eight channels; not for parameters.
  package mutating func blockedInputGradient(
    _ context: NodeContext, _ index: Int
  ) -> (tensor: BlockedTensor, adds: Bool)? {
    guard let operand = context.optional(index), wanted.contains(operand.value) else { return nil }
    if let blocked = blockedGradients[operand.value] { return (blocked, true) }
    let blocked = forward.blockedTemporary(operand.shape)
    blockedGradients[operand.value] = blocked
    return (blocked, false)
  }

  /// Names the tensor the caller fills with the gradient of a value.
  mutating func seed(_ value: ValueID, _ tensor: TensorID) { gradients[value] = tensor }

  /// The gradient of a value as it stands.
  mutating func gradient(of value: ValueID, shape: Shape) -> TensorID? {
    if let blocked = blockedGradients.removeValue(forKey: value) {
      let rows = rowMajor(blocked, shape)
      if let sum = gradients[value] { addStep(rows, to: sum) } else { gradients[value] = rows }
    }
    return gradients[value]
  }

  // MARK: Steps

  /// Adds a step of a node's backward pass.
  package mutating func emit(
    _ context: NodeContext, reads: [TensorID], writes: [TensorID], items: Int, scratchPerWorker: Int = 0,
    multiplyAdds: Int = 0, _ body: @escaping @Sendable (Memory, Range<Int>) -> Void
  ) {
    forward.append(
      Step(
        node: context.node.name, operation: context.node.operation, reads: reads, writes: writes, items: items,
        scratchPerWorker: scratchPerWorker, multiplyAdds: multiplyAdds, body: body))
  }

  /// Adds a step over `count` elements, each block of a few thousand an item of its own.
  package mutating func emitBlocks(
    _ context: NodeContext, count: Int, reads: [TensorID], writes: [TensorID],
    _ body: @escaping @Sendable (Memory, Range<Int>) -> Void
  ) {
    let block = 8192
    emit(context, reads: reads, writes: writes, items: (count + block - 1) / block) { memory, items in
      body(memory, items.lowerBound * block..<min(items.upperBound * block, count))
    }
  }

  /// Sets a gradient to zero where nothing is in it yet, for rules that can only add.
  package mutating func clear(_ context: NodeContext, _ target: GradientTarget, count: Int) {
    guard !target.adds else { return }
    let tensor = target.tensor
    emitBlocks(context, count: count, reads: [], writes: [tensor]) { memory, range in
      unsafe (memory[tensor] + range.lowerBound).update(repeating: 0, count: range.count)
    }
  }

  /// Writes or adds `factor` times one tensor of `count` elements into a gradient.
  package mutating func pass(
    _ context: NodeContext, _ source: TensorID, to target: GradientTarget, count: Int, factor: Float = 1
  ) {
    let (tensor, adds) = (target.tensor, target.adds)
    emitBlocks(context, count: count, reads: adds ? [source, tensor] : [source], writes: [tensor]) { memory, range in
      unsafe scaleInto(
        memory[source] + range.lowerBound, memory[tensor] + range.lowerBound, factor: factor, adding: adds,
        count: range.count)
    }
  }

  // MARK: Layouts

  private mutating func addStep(_ source: TensorID, to sum: TensorID) {
    let count = forward.tensors[sum.index].elements
    let block = 8192
    forward.append(
      Step(
        node: "gradient", operation: "Sum", reads: [source, sum], writes: [sum], items: (count + block - 1) / block
      ) { memory, items in
        let range = items.lowerBound * block..<min(items.upperBound * block, count)
        unsafe scaleInto(
          memory[source] + range.lowerBound, memory[sum] + range.lowerBound, factor: 1, adding: true,
          count: range.count)
      })
  }

  private mutating func rowMajor(_ blocked: BlockedTensor, _ shape: Shape) -> TensorID {
    let rows = forward.temporary(shape)
    forward.appendConversion(from: blocked, toRows: rows)
    return rows
  }

  private mutating func blocked(_ rows: TensorID, _ shape: Shape) -> BlockedTensor {
    let blocked = forward.blockedTemporary(shape)
    forward.appendConversion(fromRows: rows, to: blocked)
    return blocked
  }
}
