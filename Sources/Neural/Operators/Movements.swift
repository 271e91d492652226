extension Operators {
  static let movements: [String: OperatorDefinition] = [
    "Transpose": .movement { context throws(ModelError) in
      let shape = try context.shape(0)
      let order = try context.ints("perm") ?? Array((0..<shape.rank).reversed())
      guard order.sorted() == Array(0..<shape.rank) else {
        throw context.failure("perm \(order) does not name each axis of \(shape) once")
      }
      let strides = shape.strides
      return ElementMap(
        output: Shape(order.map { shape[$0] }),
        tables: order.map { axis in (0..<shape[axis]).map { $0 * strides[axis] } })
    },
    "Slice": .movement { context throws(ModelError) in
      let shape = try context.shape(0)
      guard let starts = try context.integers(1), let ends = try context.integers(2) else {
        throw context.failure(.malformed, "its starts or ends are missing; export the model again")
      }
      let axes = try context.axes(try context.integers(3) ?? Array(0..<starts.count), rank: shape.rank)
      let steps = try context.integers(4) ?? Array(repeating: 1, count: starts.count)
      guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count, !steps.contains(0)
      else {
        throw context.failure("starts \(starts), ends \(ends), axes \(axes) and steps \(steps) do not fit one another")
      }
      var positions = shape.dimensions.map { Array(0..<$0) }
      for (index, axis) in axes.enumerated() {
        positions[axis] = slice(size: shape[axis], from: starts[index], to: ends[index], by: steps[index])
      }
      return ElementMap(of: shape, positions: positions)
    },
    "Pad": .movement(
      fill: { context throws(ModelError) in
        guard let value = context.optional(2) else { return 0 }
        guard let constant = value.constant, constant.count == 1, let number = constant.doubles.first else {
          throw context.failure(.needsConstant, "its constant value must be one number known while planning")
        }
        return Float(number)
      },
      padding),
    "Tile": .movement { context throws(ModelError) in
      let shape = try context.shape(0)
      guard let repeats = try context.integers(1), repeats.count == shape.rank, repeats.allSatisfy({ $0 >= 0 }) else {
        throw context.failure("its repeats do not fit the axes of \(shape)")
      }
      try checkSizes(context, zip(shape.dimensions, repeats).map { $0 * $1 })
      return ElementMap(
        of: shape,
        positions: zip(shape.dimensions, repeats).map { size, times in (0..<size * times).map { $0 % size } })
    },
    "Expand": .movement { context throws(ModelError) in
      let shape = try context.shape(0)
      guard let wanted = try context.integers(1), wanted.allSatisfy({ $0 >= 0 }),
        let output = Broadcast.shape(shape, Shape(wanted))
      else { throw context.failure("\(shape) does not broadcast to its target shape") }
      try checkSizes(context, output.dimensions)
      let missing = output.rank - shape.rank
      let strides = shape.strides
      return ElementMap(
        output: output,
        tables: (0..<output.rank).map { axis in
          let repeats = axis < missing || shape[axis - missing] == 1
          return (0..<output[axis]).map { repeats ? 0 : $0 * strides[axis - missing] }
        })
    },
    "Gather": .movement(
      output: { context, _ throws(ModelError) in
        let shape = try context.shape(0)
        let axis = try context.axis(try context.int("axis") ?? 0, rank: shape.rank)
        return Shape(shape.dimensions[..<axis] + (try context.shape(1)).dimensions + shape.dimensions[(axis + 1)...])
      },
      { context throws(ModelError) in
        let shape = try context.shape(0)
        let axis = try context.axis(try context.int("axis") ?? 0, rank: shape.rank)
        guard let indices = try context.integers(1) else {
          throw context.failure(.malformed, "its indices are missing; export the model again")
        }
        guard indices.allSatisfy({ $0 >= -shape[axis] && $0 < shape[axis] }) else {
          throw context.failure("an index is outside axis \(axis) of \(shape)")
        }
        var positions = shape.dimensions.map { Array(0..<$0) }
        positions[axis] = indices.map { $0 < 0 ? $0 + shape[axis] : $0 }
        return ElementMap(of: shape, positions: positions)
      }),
    "DepthToSpace": .movement(output: { context, _ throws(ModelError) in try depthToSpace(context).output }) {
      context throws(ModelError) in try depthToSpace(context).map
    },
    "SpaceToDepth": .movement(output: { context, _ throws(ModelError) in try spaceToDepth(context).output }) {
      context throws(ModelError) in try spaceToDepth(context).map
    },
    "Split": split,
  ]

  /// Refuses sizes that no tensor may have before tables of such sizes are made.
  static func checkSizes(_ context: NodeContext, _ sizes: [Int]) throws(ModelError) {
    _ = try Limits.shape(sizes, of: context.node.role)
  }

  /// Positions of a slice; ends beyond the axis mean its end.
  private static func slice(size: Int, from start: Int, to end: Int, by step: Int) -> [Int] {
    let first = start < 0 ? start + size : start
    let last = end < 0 ? end + size : end
    if step > 0 {
      let low = min(max(first, 0), size)
      let high = min(max(last, 0), size)
      return low < high ? Array(stride(from: low, to: high, by: step)) : []
    }
    let high = min(max(first, -1), size - 1)
    let low = min(max(last, -1), size - 1)
    return high > low ? Array(stride(from: high, to: low, by: step)) : []
  }

  private static let padding: @Sendable (NodeContext) throws(ModelError) -> ElementMap = { context throws(ModelError) in
    let shape = try context.shape(0)
    guard let pads = try context.integers(1) else {
      throw context.failure(.malformed, "its pads are missing; export the model again")
    }
    let axes = try context.axes(try context.integers(3) ?? Array(0..<shape.rank), rank: shape.rank)
    guard pads.count == 2 * axes.count else { throw context.failure("pads \(pads) do not fit \(axes.count) axes") }
    let mode = try context.string("mode", default: "constant")
    var sizes = shape.dimensions
    for (index, axis) in axes.enumerated() { sizes[axis] += pads[index] + pads[index + axes.count] }
    try checkSizes(context, sizes)
    var positions = shape.dimensions.map { Array(0..<$0) }
    for (index, axis) in axes.enumerated() {
      let size = shape[axis]
      guard size > 0 || mode == "constant" else { throw context.failure("an empty axis has no \(mode) padding") }
      positions[axis] = try (0..<sizes[axis]).map { position throws(ModelError) in
        let source = position - pads[index]
        if source >= 0 && source < size { return source }
        switch mode {
        case "constant": return ElementMap.outside
        case "edge": return min(max(source, 0), size - 1)
        case "wrap": return (source % size + size) % size
        case "reflect":
          // The edge itself is not repeated: a period of 2 (size - 1).
          guard size > 1 else { return 0 }
          let period = 2 * (size - 1)
          let phase = (source % period + period) % period
          return phase < size ? phase : period - phase
        default: throw context.failure(.malformed, "mode `\(mode)` is unknown; export the model again")
        }
      }
    }
    return ElementMap(of: shape, positions: positions)
  }

  /// Channels to blocks of pixels: reads (N, b, b, C', H, W) or, in CRD mode, (N, C', b, b, H, W).
  private static func depthToSpace(_ context: NodeContext) throws(ModelError) -> (output: Shape, map: ElementMap) {
    let shape = try context.shape(0)
    let block = try context.int("blocksize") ?? 0
    guard shape.rank == 4, block > 0, block <= 1 << 15, shape[1] % (block * block) == 0 else {
      throw context.failure("\(shape) cannot be split into blocks of \(block)")
    }
    let channels = shape[1] / (block * block)
    let isColumnFirst = try context.string("mode", default: "DCR") == "CRD"
    let strides = shape.strides
    let row = (isColumnFirst ? block : block * channels) * strides[1]
    let column = (isColumnFirst ? 1 : channels) * strides[1]
    let channel = (isColumnFirst ? block * block : 1) * strides[1]
    let output = Shape([shape[0], channels, shape[2] * block, shape[3] * block])
    try checkSizes(context, output.dimensions)
    let map = ElementMap(
      output: output,
      tables: [
        (0..<output[0]).map { $0 * strides[0] }, (0..<output[1]).map { $0 * channel },
        (0..<output[2]).map { $0 / block * strides[2] + $0 % block * row },
        (0..<output[3]).map { $0 / block * strides[3] + $0 % block * column },
      ])
    return (output, map)
  }

  /// Blocks of pixels to channels: channel = (row in block · b + column in block) · C + channel.
  private static func spaceToDepth(_ context: NodeContext) throws(ModelError) -> (output: Shape, map: ElementMap) {
    let shape = try context.shape(0)
    let block = try context.int("blocksize") ?? 0
    guard shape.rank == 4, block > 0, shape[2] % block == 0, shape[3] % block == 0 else {
      throw context.failure("\(shape) cannot be cut into blocks of \(block)")
    }
    let strides = shape.strides
    let output = Shape([shape[0], shape[1] &* block &* block, shape[2] / block, shape[3] / block])
    try checkSizes(context, output.dimensions)
    let channels = shape[1]
    let map = ElementMap(
      output: output,
      tables: [
        (0..<output[0]).map { $0 * strides[0] },
        (0..<output[1]).map { index in
          let (place, channel) = (index / channels, index % channels)
          return channel * strides[1] + place / block * strides[2] + place % block * strides[3]
        },
        (0..<output[2]).map { $0 * block * strides[2] }, (0..<output[3]).map { $0 * block * strides[3] },
      ])
    return (output, map)
  }

  /// Parts of one axis, each an output.
  private static let split = OperatorDefinition(
    infer: { context throws(ModelError) in
      let input = try context.operand(0)
      let (axis, sizes) = try parts(context)
      return sizes.map { TensorType(input.shape.replacing(axis, with: $0), input.type.elementType) }
    },
    evaluate: { context throws(ModelError) in
      guard let tensor = try context.operand(0).constant else { return [] }
      let (axis, sizes) = try parts(context)
      return try maps(of: tensor.shape, axis: axis, sizes: sizes).enumerated().map { index, map throws(ModelError) in
        switch tensor.storage {
        case .integers(let values): Tensor(map.output, tensor.elementType, .integers(map.apply(values, fill: 0)))
        case .floats(let storage):
          Tensor(map.output, tensor.elementType, .floats(FloatStorage(map.apply(storage.values, fill: 0))))
        }
      }
    },
    lower: { context, lowering throws(ModelError) in
      let input = try context.floating(0)
      let x = lowering.input(input)
      let (axis, sizes) = try parts(context)
      var start = 0
      for (index, map) in maps(of: input.shape, axis: axis, sizes: sizes).enumerated() {
        defer { start += sizes[index] }
        guard index < context.node.outputs.count, context.node.outputs[index] != nil else { continue }
        if input.shape.outer(axis) == 1 {
          lowering.alias(context, index, to: x, offset: start * input.shape.inner(axis))
        } else {
          map.lower(context, &lowering, from: x, output: index)
        }
      }
    })

  private static func maps(of shape: Shape, axis: Int, sizes: [Int]) -> [ElementMap] {
    var start = 0
    return sizes.map { size in
      defer { start += size }
      var positions = shape.dimensions.map { Array(0..<$0) }
      positions[axis] = Array(start..<start + size)
      return ElementMap(of: shape, positions: positions)
    }
  }

  private static func parts(_ context: NodeContext) throws(ModelError) -> (axis: Int, sizes: [Int]) {
    let shape = try context.shape(0)
    let axis = try context.axis(try context.int("axis") ?? 0, rank: shape.rank)
    if let sizes = try context.list(attribute: "split", orInput: 1) {
      guard sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, +) == shape[axis], sizes.count >= context.node.outputs.count
      else { throw context.failure("parts \(sizes) do not add up to axis \(axis) of \(shape)") }
      return (axis, sizes)
    }
    let count = try context.int("num_outputs") ?? context.node.outputs.count
    guard count > 0, count <= 1 << 16, count >= context.node.outputs.count else {
      throw context.failure("\(count) parts do not fit its outputs")
    }
    // All parts are equal, but for a smaller last one.
    let size = (shape[axis] + count - 1) / count
    let sizes = (0..<count).map { max(0, min(size, shape[axis] - $0 * size)) }
    return (axis, sizes)
  }
}
