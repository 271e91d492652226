/// Collects the steps and tensors of a plan while operators lower themselves.
package struct Lowering {
  package private(set) var tensors: [PlannedTensor] = []
  package private(set) var steps: [Step] = []
  private var placed: [ValueID: TensorID] = [:]
  /// Values that have been made in the blocked layout, whether or not they have been made in rows as well.
  package var blockedTensors: [ValueID: BlockedTensor] = [:]
  /// Tensors that must keep memory of their own: the caller writes or reads them directly.
  private var pinned: Set<TensorID> = []
  package let weights: PreparedWeights

  package init(weights: PreparedWeights) { self.weights = weights }

  // MARK: Tensors

  /// The tensor of an operand: made by an earlier step, or a constant.
  package mutating func input(_ operand: Operand) -> TensorID {
    if let id = placed[operand.value] { return id }
    if let blocked = blockedTensors[operand.value] { return rowMajor(operand.value, blocked) }
    guard let storage = operand.constant?.floatStorage else {
      preconditionFailure("an operand that is neither computed nor constant")
    }
    let id = add(PlannedTensor(shape: operand.shape, place: .constant(storage), elements: storage.count))
    placed[operand.value] = id
    return id
  }

  /// The tensor of a value, if some step makes it or the caller does.
  package func tensor(of value: ValueID) -> TensorID? { placed[value] }

  /// A new tensor for output `index` of a node.
  package mutating func output(_ context: NodeContext, _ index: Int = 0) -> TensorID {
    let shape = context.outputs[index].shape
    let id = add(PlannedTensor(shape: shape, place: .own, elements: shape.count))
    if let value = context.node.outputs[index] { placed[value] = id }
    return id
  }

  /// A tensor between the steps of one node.
  package mutating func temporary(_ shape: Shape) -> TensorID {
    add(PlannedTensor(shape: shape, place: .own, elements: shape.count))
  }

  /// A tensor that the caller fills before each run.
  package mutating func graphInput(_ value: ValueID, _ shape: Shape) {
    let id = add(PlannedTensor(shape: shape, place: .own, elements: shape.count))
    placed[value] = id
    pinned.insert(id)
  }

  /// Makes output `index` a name for `source`, or for a part of it, under its own shape.
  package mutating func alias(_ context: NodeContext, _ index: Int = 0, to source: TensorID, offset: Int = 0) {
    let shape = context.outputs[index].shape
    let id = add(PlannedTensor(shape: shape, place: .view(of: source, offset: offset), elements: shape.count))
    if let value = context.node.outputs[index] { placed[value] = id }
  }

  /// A constant tensor with these values.
  package mutating func constant(_ storage: FloatStorage, _ shape: Shape) -> TensorID {
    add(PlannedTensor(shape: shape, place: .constant(storage), elements: storage.count))
  }

  /// Moves `part`, with everything that is a view of it, into `whole`, so that its maker writes there at once.
  ///
  /// Returns false, and changes nothing, where it cannot: constants, the caller's inputs, and tensors that
  /// already lie inside another.
  package mutating func place(_ part: TensorID, inside whole: TensorID, offset: Int) -> Bool {
    var root = part
    var skipped = 0
    while case .view(let parent, let start) = tensors[root.index].place {
      root = parent
      skipped += start
    }
    guard case .own = tensors[root.index].place, !pinned.contains(root), skipped == 0,
      tensors[root.index].elements == tensors[part.index].elements, root != whole
    else { return false }
    tensors[root.index].place = .view(of: whole, offset: offset)
    return true
  }

  package mutating func add(_ tensor: PlannedTensor) -> TensorID {
    tensors.append(tensor)
    return TensorID(index: tensors.count - 1)
  }

  /// Memory that some steps share and that is no value of the graph.
  package mutating func scratchTensor(elements: Int) -> TensorID {
    add(PlannedTensor(shape: [elements], place: .own, elements: elements))
  }

  /// Says where a value lies.
  package mutating func place(_ value: ValueID, at tensor: TensorID) { placed[value] = tensor }

  // MARK: Steps

  package mutating func append(_ step: Step) { if step.items > 0 { steps.append(step) } }

  /// Adds a step for a node. `body` does the items of a range.
  package mutating func emit(
    _ context: NodeContext, reads: [TensorID], writes: [TensorID], items: Int, scratchPerWorker: Int = 0,
    multiplyAdds: Int = 0, _ body: @escaping @Sendable (Memory, Range<Int>) -> Void
  ) {
    guard items > 0 else { return }
    steps.append(
      Step(
        node: context.node.name, operation: context.node.operation, reads: reads, writes: writes, items: items,
        scratchPerWorker: scratchPerWorker, multiplyAdds: multiplyAdds, body: body))
  }
}
