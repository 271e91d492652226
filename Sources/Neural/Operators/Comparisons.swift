extension Operators {
  /// Decisions over shapes, made while planning; none of them computes from data.
  static let comparisons: [String: OperatorDefinition] = [
    "Equal": comparison { $0 == $1 },
    "Less": comparison { $0 < $1 },
    "LessOrEqual": comparison { $0 <= $1 },
    "Greater": comparison { $0 > $1 },
    "GreaterOrEqual": comparison { $0 >= $1 },
    "And": comparison { $0 != 0 && $1 != 0 },
    "Or": comparison { $0 != 0 || $1 != 0 },
    "Xor": comparison { ($0 != 0) != ($1 != 0) },
    "Not": OperatorDefinition(
      infer: { context throws(ModelError) in [TensorType(try context.shape(0), .bool)] },
      evaluate: { context throws(ModelError) in
        guard let tensor = try context.operand(0).constant, let values = tensor.integers else { return [] }
        return [Tensor(tensor.shape, integers: values.map { $0 == 0 ? 1 : 0 }, elementType: .bool)]
      }),
    "Where": OperatorDefinition(
      infer: { context throws(ModelError) in
        let (condition, a, b) = (try context.shape(0), try context.operand(1), try context.operand(2))
        guard let values = Broadcast.shape(a.shape, b.shape), let shape = Broadcast.shape(condition, values) else {
          throw context.failure("shapes \(condition), \(a.shape) and \(b.shape) do not broadcast")
        }
        return [TensorType(shape, a.type.elementType)]
      },
      evaluate: { context throws(ModelError) in
        guard let condition = try context.operand(0).constant, let choices = condition.integers,
          let a = try context.operand(1).constant, let b = try context.operand(2).constant
        else { return [] }
        let shape = context.outputs[0].shape
        let picks = spread(choices, condition.shape, to: shape)
        if let left = a.integers, let right = b.integers {
          let (left, right) = (spread(left, a.shape, to: shape), spread(right, b.shape, to: shape))
          return [
            Tensor(
              shape, integers: picks.indices.map { picks[$0] != 0 ? left[$0] : right[$0] }, elementType: a.elementType)
          ]
        }
        guard let left = a.floats, let right = b.floats else { throw context.failure("its choices differ in type") }
        let (these, those) = (spread(left, a.shape, to: shape), spread(right, b.shape, to: shape))
        return [Tensor(shape, floats: picks.indices.map { picks[$0] != 0 ? these[$0] : those[$0] })]
      }),
    "Mod": OperatorDefinition(
      infer: { context throws(ModelError) in
        let (a, b) = (try context.operand(0), try context.operand(1))
        guard let shape = Broadcast.shape(a.shape, b.shape) else {
          throw context.failure("shapes \(a.shape) and \(b.shape) do not broadcast")
        }
        return [TensorType(shape, a.type.elementType)]
      },
      evaluate: { context throws(ModelError) in
        guard let a = try context.operand(0).constant, let left = a.integers, let b = try context.operand(1).constant,
          let right = b.integers
        else { return [] }
        let followsDividend = try context.flag("fmod")
        let values = combineValues((left, a.shape), (right, b.shape), to: context.outputs[0].shape) { x, y in
          guard y != 0 else { return nil }
          let rest = y == -1 ? 0 : x % y
          return followsDividend || rest == 0 || (rest < 0) == (y < 0) ? rest : rest + y
        }
        guard let values else { throw context.failure("it divides an integer by zero") }
        return [Tensor(context.outputs[0].shape, integers: values, elementType: a.elementType)]
      }),
  ]

  private static func comparison(_ holds: @escaping @Sendable (Double, Double) -> Bool) -> OperatorDefinition {
    OperatorDefinition(
      infer: { context throws(ModelError) in
        let (a, b) = (try context.shape(0), try context.shape(1))
        guard let shape = Broadcast.shape(a, b) else { throw context.failure("shapes \(a) and \(b) do not broadcast") }
        return [TensorType(shape, .bool)]
      },
      evaluate: { context throws(ModelError) in
        guard let a = try context.operand(0).constant, let b = try context.operand(1).constant else { return [] }
        let shape = context.outputs[0].shape
        let (left, right) = (spread(a.doubles, a.shape, to: shape), spread(b.doubles, b.shape, to: shape))
        return [
          Tensor(shape, integers: left.indices.map { holds(left[$0], right[$0]) ? 1 : 0 }, elementType: .bool)
        ]
      })
  }

  /// Values repeated as broadcasting asks.
  private static func spread<T>(_ values: [T], _ shape: Shape, to output: Shape) -> [T] {
    let plan = Broadcast([shape], to: output)
    guard output.count > 0 else { return [] }
    return (0..<plan.lines).flatMap { line in
      (0..<plan.line).map { values[plan.offset(0, line: line) + $0 * plan.step(0)] }
    }
  }
}
