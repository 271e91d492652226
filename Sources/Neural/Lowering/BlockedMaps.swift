internal import NeuralKernels

extension BlockedLowering {
  func lowerPooling(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) -> Bool {
    let operand = try context.operand(0)
    guard lowering.blockedTensors[operand.value] != nil,
      context.node.outputs.dropFirst().allSatisfy({ $0 == nil })
    else { return false }
    let spatial = try SpatialWindow(context, input: operand.shape)
    let window = spatial.window
    guard window.dilation == SIMD3(1, 1, 1) else { return false }
    let isMaximum = context.node.operation == "MaxPool"
    let countsPadding = isMaximum ? false : try context.flag("count_include_pad")
    let kind = isMaximum ? BlockedPooling.maximum : .average(includesPadding: countsPadding)
    let (bottom, right) = (spatial.paddingAfter.y, spatial.paddingAfter.z)
    let x = lowering.blockedInput(operand)
    let y = lowering.blockedOutput(context)
    let geometry = ConvolutionGeometry(
      images: x.images, inChannels: x.channels, inHeight: x.height, inWidth: x.width, outChannels: x.channels,
      outHeight: y.height, outWidth: y.width, kernelHeight: window.kernel.y, kernelWidth: window.kernel.z,
      strideY: window.stride.y, strideX: window.stride.z, padTop: window.padding.y, padLeft: window.padding.z)
    lowering.emit(context, reads: [x.tensor], writes: [y.tensor], items: x.images * x.blocks) { memory, items in
      for item in items {
        unsafe poolBlock(
          kind, geometry, memory[x.tensor] + item * x.blockFloats, memory[y.tensor] + item * y.blockFloats,
          padBottom: bottom, padRight: right)
      }
    }
    return true
  }

  /// (N, C, H, W) in blocks to (N, C, 1, 1) in blocks.
  func lowerGlobalAverage(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) -> Bool {
    let operand = try context.operand(0)
    guard lowering.blockedTensors[operand.value] != nil else { return false }
    let x = lowering.blockedInput(operand)
    let y = lowering.blockedOutput(context)
    lowering.emit(context, reads: [x.tensor], writes: [y.tensor], items: x.images * x.blocks) { memory, items in
      for item in items {
        unsafe averageBlock(memory[x.tensor] + item * x.blockFloats, pixels: x.pixels, memory[y.tensor] + item * 8)
      }
    }
    return true
  }

  /// Concatenation of channels: each part is written into the whole by its maker where there is one image.
  func lowerConcatenation(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) -> Bool {
    guard try context.axis(try context.int("axis") ?? 1, rank: 4) == 1 else { return false }
    var operands: [Operand] = []
    for index in context.operands.indices { operands.append(try context.floating(index)) }
    guard operands.contains(where: { lowering.blockedTensors[$0.value] != nil }),
      operands.dropLast().allSatisfy({ $0.shape[1] % 8 == 0 }), operands.allSatisfy({ $0.shape.count > 0 })
    else { return false }
    let parts = operands.map { lowering.blockedInput($0) }
    let y = lowering.blockedOutput(context)
    var start = 0
    for part in parts {
      defer { start += part.imageFloats }
      let isOnly = parts.filter { $0.tensor == part.tensor }.count == 1
      if y.images == 1 && isOnly && lowering.place(part.tensor, inside: y.tensor, offset: start) { continue }
      let begin = start
      lowering.emit(
        context, reads: [part.tensor], writes: [y.tensor], items: part.images * part.blocks
      ) { memory, items in
        for item in items {
          let (image, block) = (item / part.blocks, item % part.blocks)
          unsafe (memory[y.tensor] + image * y.imageFloats + begin + block * part.blockFloats).update(
            from: memory[part.tensor] + item * part.blockFloats, count: part.blockFloats)
        }
      }
    }
    return true
  }

  /// Sums, differences and products of two maps of one shape, or of a map and one number per channel of each image.
  func lowerPair(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) -> Bool {
    let (a, b) = (try context.floating(0), try context.floating(1))
    let function: PairFunction
    switch context.node.operation {
    case "Add": function = .add
    case "Sub": function = .subtract
    default: function = .multiply
    }
    guard lowering.blockedTensors[a.value] != nil, a.shape == context.outputs[0].shape else { return false }
    if a.shape == b.shape && lowering.blockedTensors[b.value] != nil {
      let (left, right) = (lowering.blockedInput(a), lowering.blockedInput(b))
      let y = lowering.blockedOutput(context)
      let (run, count) = (16_384, y.elements)
      lowering.emit(
        context, reads: [left.tensor, right.tensor], writes: [y.tensor], items: (count + run - 1) / run
      ) { memory, items in
        let first = items.lowerBound * run
        unsafe combine(
          function, memory[left.tensor] + first, 1, memory[right.tensor] + first, 1, memory[y.tensor] + first,
          count: min(items.upperBound * run, count) - first)
      }
      return true
    }
    guard function == .multiply, b.constant == nil, b.shape == [a.shape[0], a.shape[1], 1, 1] else { return false }
    let (map, factors) = (lowering.blockedInput(a), lowering.blockedInput(b))
    let y = lowering.blockedOutput(context)
    lowering.emit(
      context, reads: [map.tensor, factors.tensor], writes: [y.tensor], items: map.images * map.blocks
    ) { memory, items in
      for item in items {
        unsafe scaleBlock(
          memory[map.tensor] + item * map.blockFloats, by: memory[factors.tensor] + item * 8, pixels: map.pixels,
          memory[y.tensor] + item * map.blockFloats)
      }
    }
    return true
  }

  /// An activation that no convolution could take along.
  func lowerElementFunction(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) -> Bool {
    guard let x = context.optional(0), lowering.blockedTensors[x.value] != nil, x.shape == context.outputs[0].shape,
      let activation = try Operators.definition(of: context.node).activation,
      let function = try activation(context), x.shape[1] % 8 == 0 || function.isFiniteAtZero
    else { return false }
    let input = lowering.blockedInput(x)
    lowering.emitFunction(context, function, input, lowering.blockedOutput(context))
    return true
  }
}
