internal import NeuralKernels

extension Operators {
  static let softmaxes: [String: OperatorDefinition] = [
    "Softmax": softmax(logarithm: false),
    "LogSoftmax": softmax(logarithm: true),
  ]

  private static func softmax(logarithm: Bool) -> OperatorDefinition {
    OperatorDefinition(
      infer: { context throws(ModelError) in
        let input = try context.floating(0)
        if input.shape.rank > 0 { _ = try context.axis(try context.int("axis") ?? -1, rank: input.shape.rank) }
        return [input.type]
      },
      lower: { context, lowering throws(ModelError) in
        let shape = try context.shape(0)
        let x = lowering.input(try context.operand(0))
        let y = lowering.output(context)
        let fallback = context.opset < 13 ? 1 : -1
        let axis = shape.rank == 0 ? 0 : try context.axis(try context.int("axis") ?? fallback, rank: shape.rank)
        var length = shape.rank == 0 ? 1 : shape[axis]
        var inner = shape.rank == 0 ? 1 : shape.inner(axis)
        let outer = shape.rank == 0 ? 1 : shape.outer(axis)
        // Before opset 13 all axes from `axis` on count as one.
        if context.opset < 13 { (length, inner) = (length * inner, 1) }
        guard length > 0, inner > 0 else { return }
        let block = length * inner
        let (lineLength, stride) = (length, inner)
        lowering.emit(context, reads: [x], writes: [y], items: outer) { memory, items in
          for item in items {
            unsafe softmaxLines(
              memory[x] + item * block, memory[y] + item * block, length: lineLength, stride: stride, lanes: 0..<stride,
              logarithm: logarithm)
          }
        }
      })
  }
}
