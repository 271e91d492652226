internal import Neural
internal import NeuralKernels

extension TrainingRules {
  static let elementFunctions: [String: TrainingRule] = [
    "Relu", "LeakyRelu", "Clip", "Sigmoid", "Tanh", "Exp", "Log", "Sqrt", "Neg", "Abs", "Reciprocal", "Softplus", "Elu",
    "HardSigmoid", "HardSwish", "Sin", "Cos",
  ].reduce(into: [:]) { rules, name in rules[name] = elementRule }

  /// The gradient of a function of one number, from its argument or, where that suffices, from its result.
  private static let elementRule = TrainingRule.asInInference { context, lowering throws(ModelError) in
    guard let function = try Operators.definition(of: context.node).activation?(context),
      let source = function.derivativeSource
    else { throw context.failure(.unsupported, "it has no gradient here; train a model without it") }
    guard let dy = lowering.outputGradient(context) else { return }
    let values = source == .result ? lowering.result(context) : try lowering.input(context, 0)
    guard let target = lowering.inputGradient(context, 0) else { return }
    let (dx, adds) = (target.tensor, target.adds)
    lowering.emitBlocks(
      context, count: context.outputs[0].shape.count, reads: [values, dy] + (adds ? [dx] : []), writes: [dx]
    ) { memory, range in
      let first = range.lowerBound
      unsafe applyDerivative(
        function, memory[values] + first, memory[dy] + first, memory[dx] + first, adding: adds, count: range.count)
    }
  }

  static let softmaxes: [String: TrainingRule] = ["Softmax": softmax(false), "LogSoftmax": softmax(true)]

  private static func softmax(_ logarithm: Bool) -> TrainingRule {
    .asInInference { context, lowering throws(ModelError) in
      guard let dy = lowering.outputGradient(context) else { return }
      let y = lowering.result(context)
      guard let target = lowering.inputGradient(context, 0) else { return }
      let shape = try context.shape(0)
      let axis = try context.axis(try context.int("axis") ?? (context.opset < 13 ? 1 : -1), rank: shape.rank)
      var (length, inner) = (shape[axis], shape.inner(axis))
      // Before opset 13 all axes from `axis` on count as one.
      if context.opset < 13 { (length, inner) = (length * inner, 1) }
      let (dx, adds) = (target.tensor, target.adds)
      lowering.emit(
        context, reads: [y, dy] + (adds ? [dx] : []), writes: [dx], items: shape.outer(axis)
      ) { [length, inner] memory, items in
        for item in items {
          let start = item * length * inner
          unsafe softmaxGradientLines(
            memory[y] + start, memory[dy] + start, memory[dx] + start, length: length, stride: inner, lanes: 0..<inner,
            logarithm: logarithm, adding: adds)
        }
      }
    }
  }
}
