internal import NeuralKernels

extension Operators {
  /// Operators whose results are known while planning, and those that only matter there.
  static let constants: [String: OperatorDefinition] = [
    "Constant": OperatorDefinition(
      infer: { context throws(ModelError) in
        let tensor = try constantValue(context)
        return [TensorType(tensor.shape, tensor.elementType)]
      },
      evaluate: { context throws(ModelError) in [try constantValue(context)] }),
    "ConstantOfShape": OperatorDefinition(
      infer: { context throws(ModelError) in
        guard let sizes = try context.integers(0) else {
          throw context.failure(.malformed, "its shape is missing; export the model again")
        }
        return [TensorType(try Limits.shape(sizes, of: context.node.role), try filling(context)?.elementType ?? .float)]
      },
      evaluate: { context throws(ModelError) in
        let output = context.outputs[0]
        let value = try filling(context)
        guard let value, let integer = value.integers?.first else {
          let number = value?.floatStorage?[0] ?? 0
          return [Tensor(output.shape, floats: Array(repeating: number, count: output.shape.count))]
        }
        return [
          Tensor(
            output.shape, integers: Array(repeating: integer, count: output.shape.count),
            elementType: output.elementType)
        ]
      }),
    "Shape": OperatorDefinition(
      infer: { context throws(ModelError) in [TensorType([try shapeValues(context).count], .int64)] },
      evaluate: { context throws(ModelError) in [Tensor(list: try shapeValues(context))] }),
    "Size": OperatorDefinition(
      infer: { _ in [TensorType([], .int64)] },
      evaluate: { context throws(ModelError) in [Tensor([], integers: [Int64(try context.shape(0).count)])] }),
    "Cast": OperatorDefinition(
      infer: { context throws(ModelError) in [TensorType(try context.shape(0), try castType(context))] },
      evaluate: { context throws(ModelError) in
        guard let tensor = try context.operand(0).constant else { return [] }
        return [cast(tensor, to: try castType(context))]
      },
      lower: { context, lowering throws(ModelError) in
        // Every floating-point type is computed as float32.
        lowering.alias(context, to: lowering.input(try context.floating(0)))
      }),
    "CastLike": OperatorDefinition(
      infer: { context throws(ModelError) in
        [TensorType(try context.shape(0), try context.operand(1).type.elementType)]
      },
      evaluate: { context throws(ModelError) in
        guard let tensor = try context.operand(0).constant else { return [] }
        return [cast(tensor, to: try context.operand(1).type.elementType)]
      },
      lower: { context, lowering throws(ModelError) in
        lowering.alias(context, to: lowering.input(try context.floating(0)))
      }),
    "Range": OperatorDefinition(
      infer: { context throws(ModelError) in
        let tensor = try range(context)
        return [TensorType(tensor.shape, tensor.elementType)]
      },
      evaluate: { context throws(ModelError) in [try range(context)] }),
  ]

  private static func constantValue(_ context: NodeContext) throws(ModelError) -> Tensor {
    switch context.node.attributes["value"] {
    case .tensor(let tensor): return tensor
    default: break
    }
    if case .float(let value)? = context.node.attributes["value_float"] { return Tensor([], floats: [value]) }
    if case .floats(let values)? = context.node.attributes["value_floats"] {
      return Tensor([values.count], floats: values)
    }
    if case .int(let value)? = context.node.attributes["value_int"] { return Tensor([], integers: [Int64(value)]) }
    if case .ints(let values)? = context.node.attributes["value_ints"] { return Tensor(list: values) }
    throw context.failure(
      .unsupported, "its value is of a kind that is not supported; use a tensor, numbers or integers")
  }

  private static func filling(_ context: NodeContext) throws(ModelError) -> Tensor? {
    guard let value = context.node.attributes["value"] else { return nil }
    guard case .tensor(let tensor) = value, tensor.count == 1 else {
      throw context.failure(.malformed, "its value must hold one number; export the model again")
    }
    return tensor
  }

  private static func shapeValues(_ context: NodeContext) throws(ModelError) -> [Int] {
    let shape = try context.shape(0)
    func bound(_ value: Int) -> Int { min(max(value < 0 ? value + shape.rank : value, 0), shape.rank) }
    let start = bound(try context.int("start") ?? 0)
    let end = bound(try context.int("end") ?? shape.rank)
    return start < end ? Array(shape.dimensions[start..<end]) : []
  }

  private static func castType(_ context: NodeContext) throws(ModelError) -> ElementType {
    guard let number = try context.int("to"), let type = ElementType(rawValue: Int32(clamping: number)) else {
      throw context.failure(.unsupported, "it converts to a type that is not supported; use floating-point or integers")
    }
    return type
  }

  /// Converts values known while planning; integers wrap to their width, numbers are cut off towards zero.
  static func cast(_ tensor: Tensor, to type: ElementType) -> Tensor {
    if tensor.elementType.isFloatingPoint && type.isFloatingPoint { return tensor.relabelled(type) }
    switch (tensor.storage, type.isFloatingPoint) {
    case (.floats, true): preconditionFailure("only floating-point types hold floats")
    case (.integers(let values), true):
      return Tensor(tensor.shape, type, .floats(FloatStorage(values.map(Float.init))))
    case (.floats(let storage), false):
      let values = storage.values.map { type == .bool ? ($0 == 0 ? 0 : 1) : Int64(clamping: $0) }
      return Tensor(tensor.shape, type, .integers(values.map { wrap($0, type) }))
    case (.integers(let values), false):
      return Tensor(tensor.shape, type, .integers(values.map { wrap($0, type) }))
    }
  }

  private static func wrap(_ value: Int64, _ type: ElementType) -> Int64 {
    switch type {
    case .bool: value == 0 ? 0 : 1
    case .int8: Int64(Int8(truncatingIfNeeded: value))
    case .uint8: Int64(UInt8(truncatingIfNeeded: value))
    case .int16: Int64(Int16(truncatingIfNeeded: value))
    case .uint16: Int64(UInt16(truncatingIfNeeded: value))
    case .int32: Int64(Int32(truncatingIfNeeded: value))
    case .uint32: Int64(UInt32(truncatingIfNeeded: value))
    default: value
    }
  }

  private static func range(_ context: NodeContext) throws(ModelError) -> Tensor {
    var bounds: [Tensor] = []
    for index in 0..<3 {
      guard let tensor = try context.operand(index).constant, tensor.count == 1 else {
        throw context.failure(.needsConstant, "its bounds must be single numbers known while planning")
      }
      bounds.append(tensor)
    }
    let numbers = bounds.map { $0.doubles[0] }
    let count = numbers[2] == 0 ? .nan : ((numbers[1] - numbers[0]) / numbers[2]).rounded(.up)
    guard count <= Double(Limits.foldedElements) else { throw context.failure("its bounds \(numbers) make no list") }
    let size = Int(max(0, count))
    if bounds[0].elementType.isFloatingPoint {
      return Tensor([size], floats: (0..<size).map { Float(numbers[0] + Double($0) * numbers[2]) })
    }
    guard let start = bounds[0].integers?.first, let step = bounds[2].integers?.first else {
      throw context.failure("its bounds must share one type")
    }
    return Tensor(
      [size], integers: (0..<size).map { start &+ Int64($0) &* step }, elementType: bounds[0].elementType)
  }
}
