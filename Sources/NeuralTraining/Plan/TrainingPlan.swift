internal import Neural

/// Forward and backward pass of a network for one set of input shapes: steps over placed tensors.
///
/// One list of steps serves both passes, so that one memory plan sees which activations the backward pass reads and
/// shares the memory of all others. Between the passes stands a step that clears the gradients of the outputs, which
/// the caller then fills.
struct TrainingPlan {
  let steps: [Step]
  /// Steps of the forward pass, the clearing step included.
  let forwardCount: Int
  let tensors: [PlannedTensor]
  let memory: MemoryPlan
  let inputs: [String: TensorID]
  let outputs: [String: TensorID]
  let outputGradients: [String: TensorID]
  let inputGradients: [String: TensorID]
  /// Parameters that no gradient reaches, as ranges of the flat gradient.
  let unreached: [Range<Int>]
  /// Random nodes, each in need of a key.
  let keyCount: Int

  /// - Parameters:
  ///   - outputs: names of the outputs to compute; nil for all.
  ///   - wantsInputs: whether the gradients of the inputs are computed too.
  ///   - isPlain: leaves the faster paths out, to hold them against the plain rules.
  init(
    _ network: TrainingNetwork, shapes: [String: Shape], outputs wanted: [String]? = nil, threads: Int,
    wantsInputs: Bool, isPlain: Bool = false
  ) throws(ModelError) {
    var graph = network.graph
    if let wanted { graph.outputs = graph.outputs.filter { wanted.contains(network.graph.name($0)) } }
    precondition(!graph.outputs.isEmpty, "the network was made without any of the outputs \(wanted ?? [])")
    let planner = try Planner(
      graph: graph, shapes: try Self.shapes(network, shapes), constants: [:], weights: PreparedWeights())
    let live = Self.live(planner)
    var lowering = Self.prepared(network, live, wantsInputs: wantsInputs, threads: threads)
    for input in graph.inputs.prefix(network.inputs.count) {
      lowering.forward.graphInput(input, planner.types[input]?.shape ?? [])
    }

    var backwards: [(context: NodeContext, lower: Backward)] = []
    for context in live {
      for (type, output) in zip(context.outputs, context.node.outputs)
      where output != nil && !type.elementType.isFloatingPoint {
        throw context.failure(
          .unsupported, "it computes \(type.elementType) values from data; only floating-point ones are supported")
      }
      if !isPlain, let backward = try FastPaths.lower(context, &lowering) {
        backwards.append((context, backward))
      } else {
        backwards.append((context, try TrainingRules.rule(for: context).lower(context, &lowering)))
      }
    }
    var outputs: [String: TensorID] = [:]
    var outputGradients: [String: TensorID] = [:]
    for value in graph.outputs {
      guard planner.known[value] == nil, let type = planner.types[value] else {
        throw ModelError(
          .unsupported, "output `\(graph.name(value))` does not depend on the inputs; train for another one")
      }
      outputs[graph.name(value)] = lowering.forward.input(Operand(value: value, type: type, constant: nil))
      let gradient = lowering.forward.temporary(type.shape)
      outputGradients[graph.name(value)] = gradient
      lowering.seed(value, gradient)
    }
    Self.appendBoundary(&lowering, outputs: Array(outputs.values), gradients: Array(outputGradients.values))
    forwardCount = lowering.forward.steps.count

    for (context, lower) in backwards.reversed() where Self.passesAnything(context, lowering) { try lower(&lowering) }
    var inputGradients: [String: TensorID] = [:]
    for input in graph.inputs.prefix(network.inputs.count) where wantsInputs {
      inputGradients[graph.name(input)] = lowering.gradient(of: input, shape: planner.types[input]?.shape ?? [])
    }
    unreached = network.layout.entries.enumerated().compactMap { index, entry in
      lowering.hasGradient(network.parameterValues[index]) ? nil : entry.range
    }
    keyCount = lowering.keys.count
    tensors = lowering.forward.tensors
    steps = lowering.forward.steps.map { [tensors] step in
      var step = step
      step.isShared = Plan.isWorthSharing(step, tensors)
      return step
    }
    inputs = Dictionary(
      uniqueKeysWithValues: graph.inputs.prefix(network.inputs.count).compactMap { value in
        lowering.forward.tensor(of: value).map { (graph.name(value), $0) }
      })
    (self.outputs, self.outputGradients, self.inputGradients) = (outputs, outputGradients, inputGradients)
    memory = try MemoryPlan(
      tensors: tensors, steps: steps, inputs: Array(inputs.values),
      outputs: Array(outputs.values) + Array(inputGradients.values))
  }

  /// Shapes of the caller's inputs and of the parameters, which are inputs to the planner.
  private static func shapes(
    _ network: TrainingNetwork, _ given: [String: Shape]
  ) throws(ModelError) -> [ValueID: Shape] {
    let names = network.inputs.map(\.name)
    for name in given.keys.sorted() where !names.contains(name) {
      throw ModelError(.mismatch, "the model has no input `\(name)`; it has \(names.joined(separator: ", "))")
    }
    var shapes: [ValueID: Shape] = [:]
    for (value, info) in zip(network.graph.inputs, network.inputs) {
      guard let shape = given[info.name] else {
        throw ModelError(.mismatch, "the shape of input `\(info.name)` is missing")
      }
      guard info.accepts(shape) else {
        throw ModelError(.mismatch, "input `\(info.name)`: the model declares \(info), got \(shape)")
      }
      shapes[value] = try Limits.shape(shape.dimensions, of: "input `\(info.name)`")
    }
    for (value, entry) in zip(network.parameterValues, network.layout.entries) { shapes[value] = entry.shape }
    for (value, entry) in zip(network.bufferValues, network.bufferLayout.entries) { shapes[value] = entry.shape }
    return shapes
  }

  /// The nodes the outputs need, in order.
  private static func live(_ planner: Planner) -> [NodeContext] {
    var needed = Set(planner.graph.outputs)
    var live: [NodeContext] = []
    for context in planner.contexts.reversed()
    where context.node.outputs.contains(where: { $0.map(needed.contains) ?? false }) {
      live.append(context)
      for operand in context.operands { if let operand { needed.insert(operand.value) } }
    }
    return live.reversed()
  }

  /// A lowering that knows the parameters' places and which values need a gradient.
  private static func prepared(
    _ network: TrainingNetwork, _ live: [NodeContext], wantsInputs: Bool, threads: Int
  ) -> TrainingLowering {
    var forward = Lowering(weights: PreparedWeights())
    func block(_ storage: FloatStorage) -> TensorID { forward.constant(storage, [storage.count]) }
    func views(_ whole: TensorID, _ layout: ParameterLayout, _ values: [ValueID]) -> [ValueID: TensorID] {
      var views: [ValueID: TensorID] = [:]
      for (value, entry) in zip(values, layout.entries) {
        views[value] = forward.add(
          PlannedTensor(
            shape: entry.shape, place: .view(of: whole, offset: entry.range.lowerBound), elements: entry.range.count))
      }
      return views
    }
    let parameters = views(block(network.parameters), network.layout, network.parameterValues)
    let gradients = views(block(network.gradients), network.layout, network.parameterValues)
    let buffers = views(block(network.buffers), network.bufferLayout, network.bufferValues)
    for (value, tensor) in parameters { forward.place(value, at: tensor) }
    for (value, tensor) in buffers { forward.place(value, at: tensor) }
    let keys = block(network.keys)
    var wanted = Set(network.parameterValues)
    if wantsInputs { wanted.formUnion(network.graph.inputs.prefix(network.inputs.count)) }
    for context in live where context.operands.contains(where: { $0.map { wanted.contains($0.value) } ?? false }) {
      wanted.formUnion(context.node.outputs.compactMap(\.self))
    }
    return TrainingLowering(
      forward: forward, threads: threads, wanted: wanted, parameterGradients: gradients, buffers: buffers, keys: keys)
  }

  /// Clears the output gradients at the end of the forward pass; outputs and their gradients live from here on.
  private static func appendBoundary(_ lowering: inout TrainingLowering, outputs: [TensorID], gradients: [TensorID]) {
    let counts = gradients.map { lowering.forward.tensors[$0.index].elements }
    lowering.forward.append(
      Step(node: "outputs", operation: "Clear", reads: outputs, writes: gradients, items: 1) { memory, _ in
        for (gradient, count) in zip(gradients, counts) { unsafe memory[gradient].update(repeating: 0, count: count) }
      })
  }

  private static func passesAnything(_ context: NodeContext, _ lowering: TrainingLowering) -> Bool {
    context.node.outputs.contains { $0.map(lowering.hasGradient) ?? false }
      && context.operands.indices.contains { lowering.wantsGradient(context, $0) }
  }
}

extension ValueInfo {
  /// Whether a shape has the axes that are declared. Their sizes do not bind: a network that takes pictures of any
  /// size may be trained at another one than it is shipped for, and whatever does not fit is found while planning.
  fileprivate func accepts(_ shape: Shape) -> Bool { dimensions.map { $0.count == shape.rank } ?? true }
}
