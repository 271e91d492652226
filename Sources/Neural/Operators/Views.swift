extension Operators {
  static let views: [String: OperatorDefinition] = [
    "Identity": view { context throws(ModelError) in try context.shape(0) },
    "Dropout": dropout,
    "Flatten": view { context throws(ModelError) in
      let shape = try context.shape(0)
      var axis = try context.int("axis") ?? 1
      if axis < 0 { axis += shape.rank }
      guard axis >= 0, axis <= shape.rank else { throw context.failure("axis \(axis) is outside \(shape)") }
      return Shape([Shape.product(shape.dimensions[..<axis]), Shape.product(shape.dimensions[axis...])])
    },
    "Reshape": view(reshapedShape),
    "Squeeze": view { context throws(ModelError) in
      let shape = try context.shape(0)
      if let listed = try context.list(attribute: "axes", orInput: 1) {
        let axes = try context.axes(listed, rank: shape.rank)
        guard axes.allSatisfy({ shape[$0] == 1 }) else {
          throw context.failure("axes \(listed) of \(shape) are not all of size 1")
        }
        return Shape(shape.dimensions.indices.filter { !axes.contains($0) }.map { shape[$0] })
      }
      return Shape(shape.dimensions.filter { $0 != 1 })
    },
    "Unsqueeze": view { context throws(ModelError) in
      let shape = try context.shape(0)
      guard let listed = try context.list(attribute: "axes", orInput: 1) else {
        throw context.failure(.malformed, "its axes are missing; export the model again")
      }
      let rank = shape.rank + listed.count
      let axes = Set(try context.axes(listed, rank: rank))
      var rest = shape.dimensions[...]
      return Shape((0..<rank).map { axes.contains($0) ? 1 : rest.removeFirst() })
    },
  ]

  /// An operator that gives its input another shape and moves nothing.
  private static func view(
    _ shape: @escaping @Sendable (NodeContext) throws(ModelError) -> Shape
  ) -> OperatorDefinition {
    OperatorDefinition(
      infer: { context throws(ModelError) in [TensorType(try shape(context), try context.operand(0).type.elementType)]
      },
      evaluate: { context throws(ModelError) in
        let target = try shape(context)
        return [try context.operand(0).constant?.reshaped(target)]
      },
      lower: { context, lowering throws(ModelError) in
        lowering.alias(context, to: lowering.input(try context.floating(0)))
      })
  }

  private static let reshapedShape: @Sendable (NodeContext) throws(ModelError) -> Shape = {
    context throws(ModelError) in
    let shape = try context.shape(0)
    guard let wanted = try context.integers(1) else {
      throw context.failure(.malformed, "its target shape is missing; export the model again")
    }
    let allowsZero = try context.flag("allowzero")
    var sizes: [Int] = []
    var open: Int?
    for (axis, size) in wanted.enumerated() {
      switch size {
      case -1 where open == nil:
        open = axis
        sizes.append(1)
      case 0 where !allowsZero:
        guard axis < shape.rank else {
          throw context.failure("size 0 of axis \(axis) copies an axis that \(shape) lacks")
        }
        sizes.append(shape[axis])
      case 0...: sizes.append(size)
      default: throw context.failure("target shape \(wanted) is not valid")
      }
    }
    if let open {
      let others = Shape(sizes).count
      guard others > 0, shape.count % others == 0 else {
        throw context.failure("\(shape) cannot be reshaped to \(wanted)")
      }
      sizes[open] = shape.count / others
    }
    guard Shape(sizes).count == shape.count else { throw context.failure("\(shape) cannot be reshaped to \(wanted)") }
    return Shape(sizes)
  }

  /// Dropout does nothing outside training; its mask lets everything pass.
  private static let dropout = OperatorDefinition(
    infer: { context throws(ModelError) in
      let input = try context.operand(0)
      if let operand = context.optional(2), operand.constant?.integers?.first != 0 {
        throw context.failure(.unsupported, "it is in training mode; export the model for inference")
      }
      return [input.type, TensorType(input.shape, .bool)]
    },
    evaluate: { context throws(ModelError) in
      let input = try context.operand(0)
      guard context.node.outputs.count > 1 else { return [input.constant] }
      return [
        input.constant,
        Tensor(
          input.shape, integers: Array(repeating: 1, count: input.shape.count), elementType: .bool),
      ]
    },
    lower: { context, lowering throws(ModelError) in
      lowering.alias(context, to: lowering.input(try context.floating(0)))
    })
}
