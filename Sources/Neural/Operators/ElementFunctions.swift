internal import NeuralKernels

extension Operators {
  static let elementFunctions: [String: OperatorDefinition] = [
    "Relu": function { _ in .relu },
    "Sigmoid": function { _ in .sigmoid },
    "Tanh": function { _ in .tanh },
    "HardSwish": function { _ in .hardSwish },
    "Softplus": function { _ in .softplus },
    "Softsign": function { _ in .softsign },
    "Mish": function { _ in .mish },
    "Gelu": function { context throws(ModelError) in
      try context.string("approximate", default: "none") == "tanh" ? .geluTanh : .gelu
    },
    "LeakyRelu": function { context throws(ModelError) in .leakyRelu(slope: try context.float("alpha", default: 0.01))
    },
    "ThresholdedRelu": function { context throws(ModelError) in
      .thresholdedRelu(alpha: try context.float("alpha", default: 1))
    },
    "Elu": function { context throws(ModelError) in .elu(alpha: try context.float("alpha", default: 1)) },
    "Selu": function { context throws(ModelError) in
      .selu(
        alpha: try context.float("alpha", default: 1.673_263_2), gamma: try context.float("gamma", default: 1.050_701))
    },
    "HardSigmoid": function { context throws(ModelError) in
      .hardSigmoid(alpha: try context.float("alpha", default: 0.2), beta: try context.float("beta", default: 0.5))
    },
    "Clip": function { context throws(ModelError) in
      let low = try context.scalar(1) ?? -.infinity
      let high = try context.scalar(2) ?? .infinity
      return .clip(low: low, high: high)
    },
    "Abs": function(onIntegers: { $0 < 0 ? 0 &- $0 : $0 }) { _ in .abs },
    "Neg": function(onIntegers: { 0 &- $0 }) { _ in .neg },
    "Sign": function(onIntegers: { $0.signum() }) { _ in .sign },
    "Sqrt": function { _ in .sqrt },
    "Reciprocal": function { _ in .reciprocal },
    "Exp": function { _ in .exp },
    "Log": function { _ in .log },
    "Erf": function { _ in .erf },
    "Floor": function { _ in .floor },
    "Ceil": function { _ in .ceil },
    "Round": function { _ in .round },
    "Sin": function { _ in .sin },
    "Cos": function { _ in .cos },
    "Tan": function { _ in .tan },
  ]

  /// An operator that applies one function to every element. Integer tensors are computed while planning only.
  private static func function(
    onIntegers integerFunction: (@Sendable (Int64) -> Int64)? = nil,
    _ function: @escaping @Sendable (NodeContext) throws(ModelError) -> ElementFunction
  ) -> OperatorDefinition {
    OperatorDefinition(
      infer: { context throws(ModelError) in [try context.operand(0).type] },
      evaluate: { context throws(ModelError) in
        guard let integerFunction, let tensor = try context.operand(0).constant, let values = tensor.integers else {
          return []
        }
        return [Tensor(tensor.shape, integers: values.map(integerFunction), elementType: tensor.elementType)]
      },
      lower: { context, lowering throws(ModelError) in
        let x = lowering.input(try context.floating(0))
        let y = lowering.output(context)
        let function = try function(context)
        lowerBlocks(context, &lowering, count: context.outputs[0].shape.count, reads: [x], writes: y) {
          memory, range in
          unsafe apply(function, memory[x] + range.lowerBound, memory[y] + range.lowerBound, count: range.count)
        }
      },
      activation: { context throws(ModelError) in try function(context) })
  }

  /// Divides `count` elements into blocks, each a few thousand and an item of its own.
  static func lowerBlocks(
    _ context: NodeContext, _ lowering: inout Lowering, count: Int, reads: [TensorID], writes: TensorID,
    _ body: @escaping @Sendable (Memory, Range<Int>) -> Void
  ) {
    let block = 8192
    lowering.emit(context, reads: reads, writes: [writes], items: (count + block - 1) / block) { memory, items in
      body(memory, items.lowerBound * block..<min(items.upperBound * block, count))
    }
  }
}
