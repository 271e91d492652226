internal import Neural
internal import NeuralKernels

/// The first convolution of a network in training: from up to four planes, whose gradient nobody wants, to blocks.
struct FirstLayer {
  private let geometry: ConvolutionGeometry

  /// Nil where the layer is of another kind.
  init?(_ context: NodeContext, _ lowering: TrainingLowering) throws(ModelError) {
    let g = ConvolutionGeometry(try Convolution(context))
    guard g.inChannels <= 4, g.outChannels >= 6, g.groups == 1, !lowering.wantsGradient(context, 0),
      !FastPaths.isBlocked(context, 0, lowering)
    else { return nil }
    geometry = g
  }

  func lower(_ context: NodeContext, _ lowering: inout TrainingLowering) throws(ModelError) -> Backward {
    let g = geometry
    let x = try lowering.input(context, 0)
    let weights = try lowering.input(context, 1)
    let bias = context.optional(2) == nil ? nil : try lowering.input(context, 2)
    let y = lowering.forward.blockedOutput(context)
    let imageFloats = g.inChannels * g.inHeight * g.inWidth
    let packed = KernelMemory(count: DirectConvolution.packedFloats(g, isPlanar: true))
    let epilogue = emptyEpilogue(g.outChannels)
    let kernel = DirectConvolution(
      geometry: g, isPlanar: true, weights: packed, epilogue: epilogue, threads: lowering.threads)
    lowering.emit(context, reads: [weights] + (bias.map { [$0] } ?? []), writes: [], items: 1) { memory, _ in
      if let bias { unsafe epilogue.setBias(memory[bias], channels: g.outChannels) }
      unsafe DirectConvolution.pack(
        memory[weights], geometry: g, isPlanar: true, outputs: 0..<g.outChannels, into: packed.base)
    }
    lowering.emit(
      context, reads: [x], writes: [y.tensor], items: kernel.units, scratchPerWorker: kernel.scratchPerThread,
      multiplyAdds: g.operations / 2
    ) { memory, items in
      let input = unsafe BlockedMap(base: memory[x], height: g.inHeight, width: g.inWidth, imageStride: imageFloats)
      for item in items {
        unsafe kernel.run(unit: item, input: input, output: y.map(memory), local: memory.scratch)
      }
    }
    return { lowering throws(ModelError) in
      guard let dy = lowering.blockedOutputGradient(context) else { return }
      try emitBiasGradient(context, &lowering, dy)
      guard lowering.wantsGradient(context, 1) else { return }
      let gradient = DirectWeightGradient(geometry: g, isPlanar: true)
      try lowering.writingGradient(context, 1, shape: try context.shape(1)) { target, lowering throws(ModelError) in
        gradient.emit(
          context, &lowering, input: x,
          inputMap: { memory in
            unsafe BlockedMap(base: memory[x], height: g.inHeight, width: g.inWidth, imageStride: imageFloats)
          }, gradient: dy, to: target)
      }
    }
  }
}

extension DirectWeightGradient {
  /// Adds the steps that compute the weights' gradient into `target`.
  func emit(
    _ context: NodeContext, _ lowering: inout TrainingLowering, input: TensorID,
    inputMap: @escaping @Sendable (Memory) -> BlockedMap, gradient: BlockedTensor, to target: TensorID
  ) {
    let shared = lowering.forward.scratchTensor(elements: sharedScratch)
    lowering.emit(
      context, reads: [input, gradient.tensor], writes: [shared], items: multiplyUnits,
      scratchPerWorker: scratchPerThread, multiplyAdds: operations / 2
    ) { memory, items in
      for item in items {
        unsafe self.multiply(
          unit: item, input: inputMap(memory), gradient: gradient.map(memory), local: memory.scratch,
          shared: memory[shared])
      }
    }
    lowering.emit(context, reads: [shared], writes: [target], items: finishUnits) { memory, items in
      for item in items { unsafe self.finish(unit: item, weights: memory[target], shared: memory[shared]) }
    }
  }
}
