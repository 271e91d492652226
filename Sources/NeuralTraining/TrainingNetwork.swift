internal import COpenBLAS
public import Neural

/// A model in training: its parameters, their gradients, and the statistics its normalisations keep.
///
/// ```swift
/// let model = try Architecture.unetV1.model(seed: 1)          // or Model(contentsOf: "start.onnx")
/// let network = try TrainingNetwork(model, outputs: ["logits"], seed: 1)
/// let execution = try network.execution(inputs: ["input": [8, 3, 256, 256]], threads: 2)
/// var optimizer = Adam().optimizer(for: network)
/// for step in 0..<steps {
///   execution.withInput("input") { pixels in … }
///   execution.forward()
///   let loss = execution.addLoss(to: "logits") { logits, gradient in
///     SegmentationLoss().add(logits: logits, targets: masks, samples: 8, to: &gradient)
///   }
///   execution.backward()
///   network.clipGradients(toNorm: 1)
///   optimizer.update(network, learningRate: schedule.rate(at: step))
/// }
/// try network.model().write(to: "trained.onnx", weights: .float16)
/// ```
///
/// **What is trained.** The floating-point initialisers that are weights or bias of `Conv`, `ConvTranspose`, `Gemm`,
/// `MatMul`, scale or bias of `BatchNormalization`, or slopes of `PRelu`; all but those the caller freezes and those
/// whose names end in `.fixed`, which belong to the architecture. Other constants (scales of a `Resize`, factors of a `Mul`) stay as they are. Half-precision weights are widened.
///
/// **How it differs from inference.** Every `BatchNormalization` normalises with the statistics of the batch and moves
/// its running mean and variance towards them: running ← momentum · running + (1 − momentum) · batch, momentum as
/// the node has it (0.9), the variance with n − 1 in the denominator, as PyTorch does. Every `Dropout` is active.
///
/// One thread at a time. On any number of threads the same inputs give the same numbers, bit for bit.
public final class TrainingNetwork {
  /// The model that training began with, its weights in single precision.
  public let start: Model
  /// The values the caller supplies.
  public let inputs: [ValueInfo]
  /// Names of the values that `TrainingExecution.withOutput` lends.
  public let outputNames: [String]
  /// Names, shapes and places of the parameters.
  public let layout: ParameterLayout
  /// Names, shapes and places of the running means and variances.
  public let bufferLayout: ParameterLayout
  /// Where the masks of `Dropout` come from.
  public var generator: SeededGenerator

  /// Parameters and running statistics are inputs of this graph, after those of the model.
  let graph: Graph
  let parameterValues: [ValueID]
  let bufferValues: [ValueID]
  let parameters: FloatStorage
  let gradients: FloatStorage
  let buffers: FloatStorage
  let keys = unsafe FloatStorage(count: 2 * TrainingLowering.mostKeys) { _ in }

  /// - Parameters:
  ///   - outputs: names of the values that losses are computed from, any values of the graph; the model's own if nil.
  ///     A model that ends in a sigmoid is best trained on what goes into it, see `Model.logitsName`.
  ///   - frozen: parameters of these names are left as they are.
  ///   - seed: of the generator for `Dropout`.
  /// - Throws: `ModelError` for names the model does not have.
  public init(
    _ model: Model, outputs: [String]? = nil, frozen: Set<String> = [], seed: UInt64
  ) throws(ModelError) {
    // The library's own threads would multiply with ours.
    openblas_set_num_threads(1)
    let widened = model.withWeights(.float32)
    start = widened.withGraph(TrainingGraph.forInference(widened.graph))
    var graph = TrainingGraph(start.graph, frozen: frozen)
    if let outputs { try graph.setOutputs(outputs) }
    try graph.prepare()
    inputs = model.inputs
    outputNames = graph.graph.outputs.map(graph.graph.name)
    layout = ParameterLayout(graph.parameters.map { (graph.graph.name($0.value), $0.tensor.shape) })
    bufferLayout = ParameterLayout(graph.buffers.map { (graph.graph.name($0.value), $0.tensor.shape) })
    parameterValues = graph.parameters.map(\.value)
    bufferValues = graph.buffers.map(\.value)
    parameters = Self.block(layout, graph.parameters.map(\.tensor))
    buffers = Self.block(bufferLayout, graph.buffers.map(\.tensor))
    gradients = unsafe FloatStorage(count: layout.count) { _ in }
    generator = SeededGenerator(seed: seed)
    self.graph = graph.graph
  }

  private static func block(_ layout: ParameterLayout, _ tensors: [Tensor]) -> FloatStorage {
    unsafe FloatStorage(count: layout.count) { target in
      for (entry, tensor) in zip(layout.entries, tensors) {
        guard let storage = tensor.floatStorage else { preconditionFailure("a parameter of integers") }
        unsafe (target + entry.range.lowerBound).update(from: storage.address, count: entry.range.count)
      }
    }
  }

  /// Plans forward and backward pass for concrete input shapes. Several executions, of different shapes, may belong to
  /// one network; each has memory of its own.
  ///
  /// - Parameters:
  ///   - outputs: those of the network's outputs that are computed, with what they need and nothing else; the
  ///     gradients of parameters that none of them depends on are zero. nil: all.
  ///   - threads: how many threads share the work, the calling one included.
  ///   - inputGradients: whether the gradients of the inputs are wanted as well.
  /// - Throws: `ModelError` for a missing input, a shape the model cannot take, an operator without a gradient.
  public func execution(
    inputs: [String: Shape], outputs: [String]? = nil, threads: Int = 1, inputGradients: Bool = false
  ) throws(ModelError) -> TrainingExecution {
    let plan = try TrainingPlan(
      self, shapes: inputs, outputs: outputs, threads: max(threads, 1), wantsInputs: inputGradients)
    return TrainingExecution(self, plan, threads: max(threads, 1))
  }

  /// Bytes that an execution of these shapes would hold beside the network itself; nothing is reserved.
  ///
  /// - Throws: what `execution` would throw.
  public func bytes(inputs: [String: Shape], threads: Int = 1) throws(ModelError) -> Int {
    let plan = try TrainingPlan(self, shapes: inputs, threads: max(threads, 1), wantsInputs: false)
    let scratch = MemoryPlan.aligned(plan.steps.map(\.scratchPerWorker).max() ?? 0)
    return (plan.memory.elements + scratch * max(threads, 1)) * MemoryLayout<Float>.stride
  }

  // MARK: Parameters

  /// Number of trained values.
  public var parameterCount: Int { layout.parameterCount }

  /// Lends all parameters at once; `layout` says which is where.
  public func withParameters<R>(_ body: (inout MutableSpan<Float>) throws -> R) rethrows -> R {
    try parameters.withMutableSpan(body)
  }

  /// Lends all gradients at once, in the layout of the parameters; they are those of the last backward pass.
  public func withGradients<R>(_ body: (inout MutableSpan<Float>) throws -> R) rethrows -> R {
    try gradients.withMutableSpan(body)
  }

  /// Lends the running statistics; `bufferLayout` says which is where.
  public func withBuffers<R>(_ body: (inout MutableSpan<Float>) throws -> R) rethrows -> R {
    try buffers.withMutableSpan(body)
  }

  /// A copy of one parameter, running statistic included; nil if there is none of that name.
  public func parameter(_ name: String) -> Tensor? {
    layout[name].map { parameters.tensor($0) } ?? bufferLayout[name].map { buffers.tensor($0) }
  }

  /// A copy of the gradient of one parameter; nil if there is none of that name.
  public func gradient(_ name: String) -> Tensor? { layout[name].map { gradients.tensor($0) } }

  /// The model with the parameters as they are now, to be written or run.
  ///
  /// - Parameter average: takes the parameters of an average instead; the running statistics are those of now.
  public func model(average: WeightAverage? = nil) throws(ModelError) -> Model {
    var tensors: [String: Tensor] = [:]
    let source = average?.values ?? parameters
    precondition(source.count == parameters.count, "an average of another network")
    for entry in layout.entries { tensors[entry.name] = source.tensor(entry) }
    for entry in bufferLayout.entries { tensors[entry.name] = buffers.tensor(entry) }
    return try start.withParameters(tensors)
  }
}

extension FloatStorage {
  func withMutableSpan<R>(_ body: (inout MutableSpan<Float>) throws -> R) rethrows -> R {
    var span = unsafe MutableSpan(_unsafeStart: address, count: count)
    return try body(&span)
  }

  fileprivate func tensor(_ entry: ParameterLayout.Entry) -> Tensor {
    let part = unsafe FloatStorage(count: entry.range.count) { target in
      unsafe target.update(from: address + entry.range.lowerBound, count: entry.range.count)
    }
    return Tensor(entry.shape, .float, .floats(part))
  }
}

extension Model {
  /// The name of the value that goes into the sigmoid which makes an output, or nil if none makes it. Losses computed
  /// from it stay finite and exact where the sigmoid has saturated.
  public func logitsName(ofOutput name: String) -> String? {
    guard
      let node = graph.nodes.first(where: { node in
        node.operation == "Sigmoid" && node.outputs.first.map { $0.map(graph.name) == name } == true
      }), let input = node.inputs.first ?? nil
    else { return nil }
    return graph.name(input)
  }

  /// Whether a node makes a value of this name.
  public func makesValue(named name: String) -> Bool {
    graph.nodes.contains { $0.outputs.contains { $0.map(graph.name) == name } }
  }
}
