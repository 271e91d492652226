internal import NeuralKernels

extension Optimizer {
  /// Moves a batch normalisation into the weights and bias of the convolution before it.
  static func fuseBatchNormalizations(_ graph: inout Graph) throws(ModelError) {
    try forEachPair(&graph) { graph, producer, consumer in
      let node = graph.nodes[producer]
      let norm = graph.nodes[consumer]
      guard norm.operation == "BatchNormalization", norm.inputs.count == 5, !isSet("training_mode", of: norm),
        node.operation == "Conv" || node.operation == "ConvTranspose", node.activation == .none, node.inputs.count >= 2,
        let weightValue = node.inputs[1], let weights = graph.constants[weightValue],
        let weightStorage = weights.floatStorage, weights.shape.rank >= 3
      else { return false }
      var biases: FloatStorage?
      if node.inputs.count > 2, let bias = node.inputs[2] {
        guard let constant = graph.constants[bias]?.floatStorage else { return false }
        biases = constant
      }
      let statistics = norm.inputs[1...].compactMap { $0.flatMap { graph.constants[$0]?.floatStorage } }
      var epsilon: Float = 1e-5
      if case .float(let value)? = norm.attributes["epsilon"] { epsilon = value }
      var groups = 1
      if case .int(let value)? = node.attributes["group"] { groups = value }
      let isTransposed = node.operation == "ConvTranspose"
      guard groups > 0 else { return false }
      let channels = isTransposed ? weights.shape[1] * groups : weights.shape[0]
      guard statistics.count == 4, statistics.allSatisfy({ $0.count == channels }),
        (biases?.count ?? channels) == channels, channels > 0, weights.count > 0,
        !isTransposed || weights.shape[0] % groups == 0
      else { return false }
      let factors = (0..<channels).map { statistics[0][$0] / (statistics[3][$0] + epsilon).squareRoot() }
      let shifts = (0..<channels).map { channel in
        ((biases?[channel] ?? 0) - statistics[2][channel]) * factors[channel] + statistics[1][channel]
      }
      let inner = weights.shape.dimensions[2...].reduce(1, *)
      let perGroup = channels / groups
      let inputsPerGroup = isTransposed ? weights.shape[0] / groups : 1
      let scaled = unsafe FloatStorage(count: weights.count) { target in
        for index in 0..<weights.count {
          let channel: Int
          if isTransposed {
            let line = index / inner
            channel = line / perGroup / inputsPerGroup * perGroup + line % perGroup
          } else {
            channel = index / inner / weights.shape[1]
          }
          unsafe target[index] = weightStorage[index] * factors[channel]
        }
      }
      let name = graph.name(weightValue)
      let newWeights = graph.newValue(name + " (normalised)")
      graph.constants[newWeights] = Tensor(weights.shape, .float, .floats(scaled))
      let newBias = graph.newValue(name + " (normalised bias)")
      graph.constants[newBias] = Tensor([channels], floats: shifts)
      graph.nodes[producer].inputs = [node.inputs[0], newWeights, newBias]
      return true
    }
  }

  /// Lets a convolution or matrix product apply the activation that follows it.
  static func fuseActivations(_ graph: inout Graph) throws(ModelError) {
    try forEachPair(&graph) { graph, producer, consumer throws(ModelError) in
      let node = graph.nodes[producer]
      guard node.activation == .none, try Operators.definition(of: node).appliesActivation else { return false }
      let next = graph.nodes[consumer]
      if next.operation == "PRelu" {
        guard next.inputs.count == 2, let slopes = next.inputs[1], slopes != next.inputs[0],
          let tensor = graph.constants[slopes],
          let weights = node.inputs.dropFirst().first.flatMap({ $0.flatMap { graph.constants[$0] } }),
          let channels = channels(of: node, weights: weights),
          // (C, 1, 1) after a convolution, (C) after a matrix product: one slope per channel.
          tensor.count == channels, tensor.elementType.isFloatingPoint
        else { return false }
        let spatial = node.operation == "Gemm" ? 0 : weights.shape.rank - 2
        guard tensor.shape.rank == spatial + 1, tensor.shape[0] == channels else { return false }
        graph.nodes[producer].activation = .slopes(slopes)
        return true
      }
      guard let activation = try Operators.definition(of: next).activation,
        next.inputs.first == node.outputs[0],
        next.inputs.dropFirst().allSatisfy({ $0 == nil || $0.flatMap { graph.constants[$0] } != nil })
      else { return false }
      let context = NodeContext(
        node: next, opset: graph.opset,
        operands: next.inputs.map { input in
          input.flatMap { value in
            graph.constants[value].map {
              Operand(value: value, type: TensorType($0.shape, $0.elementType), constant: $0)
            }
          }
        })
      guard let function = try activation(context) else { return false }
      graph.nodes[producer].activation = .function(function)
      return true
    }
  }

  private static func isSet(_ flag: String, of node: Node) -> Bool {
    if case .int(let value)? = node.attributes[flag] { value != 0 } else { false }
  }

  /// Output channels of a convolution or matrix product with constant weights.
  private static func channels(of node: Node, weights: Tensor) -> Int? {
    switch node.operation {
    case "Conv" where weights.shape.rank >= 3: return weights.shape[0]
    case "ConvTranspose" where weights.shape.rank >= 3:
      if case .int(let groups)? = node.attributes["group"], groups != 1 { return nil }
      return weights.shape[1]
    case "Gemm" where weights.shape.rank == 2:
      if case .int(1)? = node.attributes["transB"] { return weights.shape[0] }
      return weights.shape[1]
    default: return nil
    }
  }

  /// Offers each pair of a node and the only reader of its only output to `fuse`; where it returns true, the reader is
  /// gone and the node makes the reader's output.
  private static func forEachPair(
    _ graph: inout Graph, _ fuse: (inout Graph, _ producer: Int, _ consumer: Int) throws(ModelError) -> Bool
  ) throws(ModelError) {
    let consumers = graph.consumers()
    let outputs = Set(graph.outputs)
    var maker: [ValueID: Int] = [:]
    var removed: Set<Int> = []
    for index in graph.nodes.indices {
      if let input = graph.nodes[index].inputs.first ?? nil, let producer = maker[input],
        graph.nodes[producer].outputs.count == 1, graph.nodes[index].outputs.count == 1,
        consumers[input]?.count == 1, !outputs.contains(input),
        try fuse(&graph, producer, index)
      {
        graph.nodes[producer].outputs = graph.nodes[index].outputs
        removed.insert(index)
        for output in graph.nodes[producer].outputs { if let output { maker[output] = producer } }
      } else {
        for output in graph.nodes[index].outputs { if let output { maker[output] = index } }
      }
    }
    // A fused node now makes what its last reader made: every operand still comes first, as the reader had no other.
    graph.nodes = graph.nodes.indices.filter { !removed.contains($0) }.map { graph.nodes[$0] }
  }
}
