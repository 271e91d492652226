internal import NeuralKernels

extension Operators {
  static let arithmetic: [String: OperatorDefinition] = [
    "Add": pair(.add) { $0 &+ $1 },
    "Sub": pair(.subtract) { $0 &- $1 },
    "Mul": pair(.multiply) { $0 &* $1 },
    "Div": pair(.divide) { $1 == 0 ? nil : $1 == -1 ? 0 &- $0 : $0 / $1 },
    "Pow": pair(.power, integer: power),
    "PRelu": pair(.prelu) { $0 < 0 ? $0 &* $1 : $0 },
    "Min": fold(.minimum) { min($0, $1) },
    "Max": fold(.maximum) { max($0, $1) },
    "Sum": fold(.add) { $0 &+ $1 },
    "Mean": fold(.add, average: true) { $0 &+ $1 },
  ]

  /// Wraps on overflow, like the products it stands for.
  private static let power: @Sendable (Int64, Int64) -> Int64? = { base, exponent in
    guard exponent >= 0 else { return nil }
    var (result, square, rest) = (Int64(1), base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = result &* square }
      square = square &* square
      rest >>= 1
    }
    return result
  }

  /// An operator over two tensors.
  private static func pair(
    _ function: PairFunction, integer: @escaping @Sendable (Int64, Int64) -> Int64?
  ) -> OperatorDefinition {
    OperatorDefinition(
      infer: { context throws(ModelError) in
        let (a, b) = (try context.operand(0), try context.operand(1))
        return [
          TensorType(try commonShape(context), a.type.elementType == b.type.elementType ? a.type.elementType : .float)
        ]
      },
      evaluate: { context throws(ModelError) in
        [try combineIntegers(context, integer)].compactMap(\.self)
      },
      lower: { context, lowering throws(ModelError) in
        let (a, b) = (try context.floating(0), try context.operand(1))
        let y = lowering.output(context)
        // `Pow` may have an integer exponent, which is a constant like all integers.
        let right: TensorID
        if let integers = b.constant?.integers {
          right = lowering.constant(FloatStorage(integers.map(Float.init)), b.shape)
        } else {
          right = lowering.input(try context.floating(1))
        }
        lowerPair(context, &lowering, function, (lowering.input(a), a.shape), (right, b.shape), y)
      })
  }

  /// An operator over any number of tensors, taken two at a time.
  private static func fold(
    _ function: PairFunction, average: Bool = false, integer: @escaping @Sendable (Int64, Int64) -> Int64?
  ) -> OperatorDefinition {
    OperatorDefinition(
      infer: { context throws(ModelError) in
        [TensorType(try commonShape(context), try context.operand(0).type.elementType)]
      },
      evaluate: { context throws(ModelError) in
        [average ? nil : try combineIntegers(context, integer)].compactMap(\.self)
      },
      lower: { context, lowering throws(ModelError) in
        let y = lowering.output(context)
        let output = context.outputs[0].shape
        let first = try context.floating(0)
        var sum = (lowering.input(first), first.shape)
        if context.operands.count == 1 {
          lowerBlocks(context, &lowering, count: output.count, reads: [sum.0], writes: y) { [x = sum.0] memory, range in
            unsafe apply(
              .identity, memory[x] + range.lowerBound, memory[y] + range.lowerBound, count: range.count)
          }
        }
        for index in context.operands.indices.dropFirst() {
          let next = try context.floating(index)
          // The running result has the full shape from the first step on, so that it can be combined in place.
          lowerPair(context, &lowering, function, sum, (lowering.input(next), next.shape), y)
          sum = (y, output)
        }
        guard average, context.operands.count > 1 else { return }
        let scale = lowering.constant(FloatStorage([1 / Float(context.operands.count)]), [])
        lowerPair(context, &lowering, .multiply, sum, (scale, []), y)
      })
  }

  private static func commonShape(_ context: NodeContext) throws(ModelError) -> Shape {
    var shape = try context.shape(0)
    for index in context.operands.indices.dropFirst() {
      let next = try context.shape(index)
      guard let common = Broadcast.shape(shape, next) else {
        throw context.failure("shapes \(shape) and \(next) do not broadcast")
      }
      shape = common
    }
    return shape
  }

  private static func lowerPair(
    _ context: NodeContext, _ lowering: inout Lowering, _ function: PairFunction, _ left: (TensorID, Shape),
    _ right: (TensorID, Shape), _ y: TensorID
  ) {
    let (a, b) = (left.0, right.0)
    let plan = Broadcast([left.1, right.1], to: context.outputs[0].shape)
    guard plan.output.count > 0 else { return }
    let (line, aStep, bStep) = (plan.line, plan.step(0), plan.step(1))
    if plan.lines == 1 {
      return lowerBlocks(context, &lowering, count: line, reads: [a, b], writes: y) { memory, range in
        unsafe combine(
          function, memory[a] + range.lowerBound * aStep, aStep, memory[b] + range.lowerBound * bStep, bStep,
          memory[y] + range.lowerBound, count: range.count)
      }
    }
    lowering.emit(context, reads: [a, b], writes: [y], items: plan.lines) { memory, items in
      for item in items {
        unsafe combine(
          function, memory[a] + plan.offset(0, line: item), aStep, memory[b] + plan.offset(1, line: item), bStep,
          memory[y] + item * line, count: line)
      }
    }
  }

  /// The result over constant integers, or nil where the operands are no constant integers.
  private static func combineIntegers(
    _ context: NodeContext, _ function: (Int64, Int64) -> Int64?
  ) throws(ModelError) -> Tensor? {
    guard let first = try context.operand(0).constant, var result = first.integers else { return nil }
    var shape = first.shape
    for index in context.operands.indices.dropFirst() {
      guard let next = try context.operand(index).constant, let values = next.integers,
        let common = Broadcast.shape(shape, next.shape)
      else { return nil }
      guard let combined = combineValues((result, shape), (values, next.shape), to: common, function) else {
        throw context.failure("it divides an integer by zero, or raises one to a negative power")
      }
      (result, shape) = (combined, common)
    }
    return Tensor(shape, integers: result, elementType: first.elementType)
  }

  static func combineValues(
    _ a: ([Int64], Shape), _ b: ([Int64], Shape), to shape: Shape, _ function: (Int64, Int64) -> Int64?
  ) -> [Int64]? {
    let plan = Broadcast([a.1, b.1], to: shape)
    var result: [Int64] = []
    guard shape.count > 0 else { return result }
    result.reserveCapacity(shape.count)
    for line in 0..<plan.lines {
      let (aStart, bStart) = (plan.offset(0, line: line), plan.offset(1, line: line))
      for i in 0..<plan.line {
        guard let value = function(a.0[aStart + i * plan.step(0)], b.0[bStart + i * plan.step(1)]) else { return nil }
        result.append(value)
      }
    }
    return result
  }
}
