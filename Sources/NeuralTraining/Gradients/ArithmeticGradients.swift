internal import Glibc
internal import Neural
internal import NeuralKernels

extension TrainingRules {
  static let arithmetic: [String: TrainingRule] = [
    "Add": pair { _, _, _, _ in 1 },
    "Sub": pair { side, _, _, _ in side == 0 ? 1 : -1 },
    "Mul": pair { side, a, b, _ in side == 0 ? b : a },
    "Div": pair { side, a, b, _ in side == 0 ? 1 / b : -a / (b * b) },
    "Pow": pair { side, a, b, y in side == 0 ? b * powf(a, b - 1) : y * logf(a) },
    "PRelu": pair { side, a, b, _ in side == 0 ? (a > 0 ? 1 : b) : (a > 0 ? 0 : a) },
    "Sum": .asInInference { context, lowering throws(ModelError) in
      guard let dy = lowering.outputGradient(context) else { return }
      for index in context.operands.indices {
        guard let target = lowering.inputGradient(context, index) else { continue }
        emitSum(
          context, &lowering, dy, from: context.outputs[0].shape, to: target, try context.shape(index), factor: 1)
      }
    },
  ]

  /// An operator over two tensors with broadcasting. `derivative` is that with respect to the left (0) or right (1)
  /// operand, from both operands and the result.
  private static func pair(_ derivative: @escaping @Sendable (Int, Float, Float, Float) -> Float) -> TrainingRule {
    .asInInference { context, lowering throws(ModelError) in
      guard let dy = lowering.outputGradient(context) else { return }
      let shape = context.outputs[0].shape
      let operation = context.node.operation
      for side in 0...1 where lowering.wantsGradient(context, side) {
        if operation == "Add" || operation == "Sub" {
          guard let target = lowering.inputGradient(context, side) else { continue }
          emitSum(
            context, &lowering, dy, from: shape, to: target, try context.shape(side),
            factor: operation == "Sub" && side == 1 ? -1 : 1)
          continue
        }
        let a = try lowering.input(context, 0)
        let b = try operand(context, &lowering, 1)
        let y = lowering.result(context)
        guard let target = lowering.inputGradient(context, side) else { continue }
        let own = try context.shape(side)
        lowering.clear(context, target, count: own.count)
        let output = target.tensor
        let plan = Broadcast([try context.shape(0), try context.shape(1), own], to: shape)
        guard shape.count > 0 else { continue }
        let (line, aStep, bStep, step) = (plan.line, plan.step(0), plan.step(1), plan.step(2))
        let lines = plan.lines
        // Elements that several lines add to are done by one worker, in order.
        let isShared = own.count != shape.count
        lowering.emit(
          context, reads: [a, b, y, dy, output], writes: [output], items: isShared ? 1 : lines,
          multiplyAdds: shape.count
        ) { memory, items in
          for item in isShared ? 0..<lines : items {
            let left = unsafe memory[a] + plan.offset(0, line: item)
            let right = unsafe memory[b] + plan.offset(1, line: item)
            let to = unsafe memory[output] + plan.offset(2, line: item)
            let (result, gradient) = unsafe (memory[y] + item * line, memory[dy] + item * line)
            for i in 0..<line {
              unsafe to[i * step] += gradient[i] * derivative(side, left[i * aStep], right[i * bStep], result[i])
            }
          }
        }
      }
    }
  }

  /// An operand that may be a constant of integers, as the exponent of `Pow` often is.
  private static func operand(
    _ context: NodeContext, _ lowering: inout TrainingLowering, _ index: Int
  ) throws(ModelError) -> TensorID {
    if let integers = context.optional(index)?.constant?.integers {
      return lowering.forward.constant(FloatStorage(integers.map(Float.init)), try context.shape(index))
    }
    return try lowering.input(context, index)
  }

  /// Passes a gradient back through broadcasting: every element gets the sum over those it was copied to.
  static func emitSum(
    _ context: NodeContext, _ lowering: inout TrainingLowering, _ dy: TensorID, from shape: Shape,
    to target: GradientTarget, _ own: Shape, factor: Float
  ) {
    if own.count == shape.count {
      return lowering.pass(context, dy, to: target, count: shape.count, factor: factor)
    }
    lowering.clear(context, target, count: own.count)
    guard shape.count > 0 else { return }
    let output = target.tensor
    let plan = Broadcast([own], to: shape)
    let (line, step) = (plan.line, plan.step(0))
    lowering.emit(context, reads: [dy, output], writes: [output], items: 1, multiplyAdds: shape.count) { memory, _ in
      for item in 0..<plan.lines {
        let to = unsafe memory[output] + plan.offset(0, line: item)
        let from = unsafe memory[dy] + item * line
        if step == 0 {
          unsafe to[0] += factor * Float(lineSum(from, count: line))
        } else {
          unsafe scaleInto(from, to, factor: factor, adding: true, count: line)
        }
      }
    }
  }
}
