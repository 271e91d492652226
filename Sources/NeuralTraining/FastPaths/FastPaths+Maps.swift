internal import Neural
internal import NeuralKernels

extension FastPaths {
  /// The 2×2 maximum of stride 2.
  static func halving(_ context: NodeContext, _ lowering: inout TrainingLowering) throws(ModelError) -> Backward? {
    let window = try SpatialWindow(context, input: try context.shape(0)).window
    guard isBlocked(context, 0, lowering), window.kernel == SIMD3(1, 2, 2), window.stride == SIMD3(1, 2, 2),
      window.padding == SIMD3(0, 0, 0), window.dilation == SIMD3(1, 1, 1), window.output.y == window.input.y / 2,
      window.output.z == window.input.z / 2
    else { return nil }
    return try asInInference(context, &lowering) { lowering, x, _ in
      guard let dy = lowering.blockedOutputGradient(context), let (dx, adds) = lowering.blockedInputGradient(context, 0)
      else { return }
      lowering.emit(
        context, reads: [x.tensor, dy.tensor] + (adds ? [dx.tensor] : []), writes: [dx.tensor],
        items: x.images * x.blocks
      ) { memory, items in
        for item in items {
          unsafe halvingGradient(
            x: memory[x.tensor] + item * x.blockFloats, dy: memory[dy.tensor] + item * dy.blockFloats,
            height: x.height, width: x.width, adding: adds, memory[dx.tensor] + item * dx.blockFloats)
        }
      }
    }
  }

  /// The mean of each channel.
  static func globalAverage(
    _ context: NodeContext, _ lowering: inout TrainingLowering
  ) throws(ModelError) -> Backward? {
    guard isBlocked(context, 0, lowering) else { return nil }
    return try asInInference(context, &lowering) { lowering, x, _ in
      guard let dy = lowering.blockedOutputGradient(context), let (dx, adds) = lowering.blockedInputGradient(context, 0)
      else { return }
      lowering.emit(
        context, reads: [dy.tensor] + (adds ? [dx.tensor] : []), writes: [dx.tensor], items: x.images * x.blocks
      ) { memory, items in
        for item in items {
          unsafe spreadBlock(
            memory[dy.tensor] + item * 8, factor: 1 / Float(x.pixels), adding: adds, pixels: x.pixels,
            memory[dx.tensor] + item * x.blockFloats)
        }
      }
    }
  }

  /// Channels side by side.
  static func concatenation(
    _ context: NodeContext, _ lowering: inout TrainingLowering
  ) throws(ModelError) -> Backward? {
    guard context.operands.indices.allSatisfy({ isBlocked(context, $0, lowering) }) else { return nil }
    return try asInInference(context, &lowering) { lowering, _, _ in
      guard let dy = lowering.blockedOutputGradient(context) else { return }
      var start = 0
      for index in context.operands.indices {
        guard let operand = context.optional(index) else { continue }
        let begin = start
        let blocks = operand.shape[1] / 8 + (operand.shape[1] % 8 > 0 ? 1 : 0)
        start += blocks * dy.blockFloats
        guard let (dx, adds) = lowering.blockedInputGradient(context, index) else { continue }
        lowering.emit(
          context, reads: [dy.tensor] + (adds ? [dx.tensor] : []), writes: [dx.tensor], items: dx.images * dx.blocks
        ) { memory, items in
          for item in items {
            let (image, block) = (item / dx.blocks, item % dx.blocks)
            unsafe scaleInto(
              memory[dy.tensor] + image * dy.imageFloats + begin + block * dy.blockFloats,
              memory[dx.tensor] + item * dx.blockFloats, factor: 1, adding: adds, count: dx.blockFloats)
          }
        }
      }
    }
  }

  /// Lowers the forward pass onto inference's blocked kernels; nil where they do not serve.
  private static func asInInference(
    _ context: NodeContext, _ lowering: inout TrainingLowering,
    _ backward: @escaping @Sendable (inout TrainingLowering, _ x: BlockedTensor, _ y: BlockedTensor) -> Void
  ) throws(ModelError) -> Backward? {
    let operand = try context.floating(0)
    var blocked = try BlockedLowering([], threads: lowering.threads)
    guard try blocked.lower(context, &lowering.forward), let output = context.node.outputs[0],
      let y = lowering.forward.blockedTensors[output]
    else { return nil }
    let x = lowering.forward.blockedInput(operand)
    return { lowering in backward(&lowering, x, y) }
  }
}
