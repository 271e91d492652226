internal import NeuralKernels

extension Operators {
  static let normalizations: [String: OperatorDefinition] = [
    "BatchNormalization": batchNormalization,
    "InstanceNormalization": OperatorDefinition(
      infer: { context throws(ModelError) in
        let input = try context.floating(0)
        guard input.shape.rank >= 3 else { throw context.failure("input \(input.shape) has no channels and pixels") }
        try checkPerChannel(context, operands: 1...2)
        return [input.type]
      },
      lower: { context, lowering throws(ModelError) in
        let shape = try context.shape(0)
        let x = lowering.input(try context.operand(0))
        let scale = lowering.input(try context.floating(1))
        let bias = lowering.input(try context.floating(2))
        let y = lowering.output(context)
        let epsilon = try context.float("epsilon", default: 1e-5)
        let (channels, plane) = (shape[1], Shape.product(shape.dimensions[2...]))
        lowering.emit(context, reads: [x, scale, bias], writes: [y], items: shape[0] * channels) { memory, items in
          for item in items {
            unsafe normalizePlane(
              memory[x] + item * plane, memory[y] + item * plane, scale: memory[scale][item % channels],
              bias: memory[bias][item % channels], epsilon: epsilon, count: plane)
          }
        }
      }),
    "LRN": OperatorDefinition(
      infer: { context throws(ModelError) in
        let input = try context.floating(0)
        guard input.shape.rank >= 3 else { throw context.failure("input \(input.shape) has no channels and pixels") }
        return [input.type]
      },
      lower: { context, lowering throws(ModelError) in
        let shape = try context.shape(0)
        let x = lowering.input(try context.operand(0))
        let y = lowering.output(context)
        guard let size = try context.int("size"), size > 0 else {
          throw context.failure(.malformed, "its size is missing or not positive; export the model again")
        }
        let alpha = try context.float("alpha", default: 1e-4)
        let beta = try context.float("beta", default: 0.75)
        let bias = try context.float("bias", default: 1)
        let (channels, plane) = (shape[1], Shape.product(shape.dimensions[2...]))
        let block = 1024
        let blocks = (plane + block - 1) / block
        lowering.emit(context, reads: [x], writes: [y], items: shape[0] * blocks) { memory, items in
          for item in items {
            let image = item / blocks * channels * plane
            let first = item % blocks * block
            unsafe normalizeAcrossChannels(
              memory[x] + image, memory[y] + image, channels: channels, plane: plane,
              pixels: first..<min(first + block, plane), size: size, alpha: alpha, beta: beta, bias: bias)
          }
        }
      }),
  ]

  private static let batchNormalization = OperatorDefinition(
    infer: { context throws(ModelError) in
      let input = try context.floating(0)
      guard try !context.flag("training_mode"), context.node.outputs.dropFirst().allSatisfy({ $0 == nil }) else {
        throw context.failure(.unsupported, "it is in training mode; export the model for inference")
      }
      try checkPerChannel(context, operands: 1...4)
      return [input.type]
    },
    lower: { context, lowering throws(ModelError) in
      let shape = try context.shape(0)
      var tensors: [TensorID] = []
      for index in 0...4 { tensors.append(lowering.input(try context.floating(index))) }
      let (x, scale, bias, mean, variance) = (tensors[0], tensors[1], tensors[2], tensors[3], tensors[4])
      let y = lowering.output(context)
      let epsilon = try context.float("epsilon", default: 1e-5)
      let channels = shape.rank > 1 ? shape[1] : 1
      let plane = shape.rank > 2 ? Shape.product(shape.dimensions[2...]) : 1
      guard case .function(let function) = context.node.activation else {
        preconditionFailure("a batch normalisation cannot apply slopes")
      }
      lowering.emit(context, reads: tensors, writes: [y], items: plane > 0 ? (shape.count / plane) : 0) {
        memory, items in
        for item in items {
          let channel = item % channels
          let factor = unsafe memory[scale][channel] / (memory[variance][channel] + epsilon).squareRoot()
          let shift = unsafe memory[bias][channel] - memory[mean][channel] * factor
          let out = unsafe memory[y] + item * plane
          unsafe scaleAndShift(memory[x] + item * plane, out, scale: factor, shift: shift, count: plane)
          if function != .identity { unsafe apply(function, out, out, count: plane) }
        }
      }
    },
    appliesActivation: true)

  /// Every one of these operands must hold one value per channel of the first.
  private static func checkPerChannel(_ context: NodeContext, operands: ClosedRange<Int>) throws(ModelError) {
    let shape = try context.shape(0)
    let channels = shape.rank > 1 ? shape[1] : 1
    guard shape.rank > 0 else { throw context.failure("input \(shape) has no channels") }
    for index in operands {
      let operand = try context.floating(index)
      guard operand.shape.dimensions == [channels] else {
        throw context.failure(
          "input \(index) is \(operand.shape), it must hold one value for each of \(channels) channels")
      }
    }
  }
}
