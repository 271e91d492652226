internal import Neural
internal import NeuralKernels

/// A 3×3 convolution of stride 1 and same padding in training: forward pass, input gradient and weight gradient by
/// Winograd's transforms. Weights are transformed anew in each pass.
struct WinogradLayer {
  private let geometry: ConvolutionGeometry
  private let tile: Int

  /// Nil where the layer is of another kind, or too small for it to pay.
  init?(_ context: NodeContext, _ lowering: TrainingLowering) throws(ModelError) {
    let convolution = try Convolution(context)
    let g = ConvolutionGeometry(convolution)
    guard g.padTop == 1, g.padLeft == 1, g.outHeight == g.inHeight, g.outWidth == g.inWidth,
      case .winograd(let tile) = g.fastestKernel
    else { return nil }
    geometry = g
    self.tile = tile
  }

  func lower(_ context: NodeContext, _ lowering: inout TrainingLowering) throws(ModelError) -> Backward {
    let g = geometry
    let x = lowering.forward.blockedInput(try context.floating(0))
    let weights = try lowering.input(context, 1)
    let bias = context.optional(2) == nil ? nil : try lowering.input(context, 2)
    let y = lowering.forward.blockedOutput(context)
    emitProduct(
      context, &lowering, weights, bias, from: g.inChannels, x, to: g.outChannels, y, isTurned: false)
    return { lowering throws(ModelError) in
      guard let dy = lowering.blockedOutputGradient(context) else { return }
      try emitWeightGradient(context, &lowering, x, dy)
      try emitBiasGradient(context, &lowering, dy)
      try lowering.writingBlockedGradient(context, 0, shape: try context.shape(0)) { dx, lowering throws(ModelError) in
        emitProduct(
          context, &lowering, weights, nil, from: g.outChannels, dy, to: g.inChannels, dx, isTurned: true)
      }
    }
  }

  /// Packs the weights and convolves. `isTurned`: takes the output's gradient to the input's.
  private func emitProduct(
    _ context: NodeContext, _ lowering: inout TrainingLowering, _ weights: TensorID, _ bias: TensorID?, from: Int,
    _ x: BlockedTensor, to: Int, _ y: BlockedTensor, isTurned: Bool
  ) {
    let tile = tile
    // Of the layer's own: transformed weights are a few times as large as weights, and are needed twice a step.
    let packed = KernelMemory(count: WinogradConvolution.packedFloats(inChannels: from, outChannels: to, tile: tile))
    let epilogue = emptyEpilogue(to)
    let kernel = WinogradConvolution(
      inChannels: from, outChannels: to, tile: tile, weights: packed, epilogue: epilogue)
    lowering.emit(
      context, reads: [weights] + (bias.map { [$0] } ?? []), writes: [],
      items: WinogradConvolution.packUnits(outChannels: to), multiplyAdds: packed.count
    ) { memory, items in
      for item in items {
        if item == 0, let bias { unsafe epilogue.setBias(memory[bias], channels: to) }
        unsafe WinogradConvolution.pack(
          unit: item, memory[weights], inChannels: from, outChannels: to, tile: tile, isTurned: isTurned,
          into: packed.base)
      }
    }
    let g = geometry
    let plan = kernel.plan(
      images: g.images, outHeight: g.outHeight, outWidth: g.outWidth, padTop: 1, padLeft: 1, threads: lowering.threads)
    let matrices = lowering.forward.scratchTensor(elements: plan.sharedScratch)
    if plan.isSplit {
      lowering.emit(
        context, reads: [x.tensor], writes: [matrices], items: plan.transformUnits,
        scratchPerWorker: plan.scratchPerThread
      ) { memory, items in
        for item in items {
          unsafe kernel.transformInput(
            unit: item, plan: plan, input: x.map(memory), local: memory.scratch, shared: memory[matrices])
        }
      }
    }
    lowering.emit(
      context, reads: plan.isSplit ? [x.tensor, matrices] : [x.tensor], writes: [y.tensor],
      items: plan.multiplyUnits, scratchPerWorker: plan.scratchPerThread, multiplyAdds: g.operations / 2
    ) { memory, items in
      for item in items {
        unsafe kernel.multiply(
          unit: item, plan: plan, input: x.map(memory), output: y.map(memory), pooled: nil, local: memory.scratch,
          shared: memory[matrices])
      }
    }
  }

  private func emitWeightGradient(
    _ context: NodeContext, _ lowering: inout TrainingLowering, _ x: BlockedTensor, _ dy: BlockedTensor
  ) throws(ModelError) {
    let g = geometry
    let kernel = WinogradWeightGradient(
      images: g.images, inChannels: g.inChannels, outChannels: g.outChannels, height: g.outHeight, width: g.outWidth,
      padTop: 1, padLeft: 1, tile: tile)
    try lowering.writingGradient(context, 1, shape: try context.shape(1)) { target, lowering throws(ModelError) in
      let shared = lowering.forward.scratchTensor(elements: kernel.sharedScratch)
      lowering.emit(
        context, reads: [x.tensor, dy.tensor], writes: [shared], items: kernel.transformUnits,
        scratchPerWorker: kernel.scratchPerThread
      ) { memory, items in
        for item in items {
          unsafe kernel.transform(
            unit: item, input: x.map(memory), gradient: dy.map(memory), local: memory.scratch, shared: memory[shared])
        }
      }
      lowering.emit(
        context, reads: [x.tensor, dy.tensor], writes: [shared, target], items: kernel.multiplyUnits,
        scratchPerWorker: kernel.scratchPerThread, multiplyAdds: g.operations / 2
      ) { memory, items in
        for item in items {
          unsafe kernel.multiply(
            unit: item, input: x.map(memory), gradient: dy.map(memory), weights: memory[target], bias: nil,
            local: memory.scratch, shared: memory[shared])
        }
      }
      lowering.emit(
        context, reads: [shared], writes: [target], items: kernel.finishUnits,
        scratchPerWorker: kernel.scratchPerThread
      ) { memory, items in
        for item in items {
          unsafe kernel.finish(
            unit: item, weights: memory[target], bias: nil, local: memory.scratch, shared: memory[shared])
        }
      }
    }
  }
}

/// The bias of a channel gets the sum of the channel's gradients, in blocks.
func emitBiasGradient(
  _ context: NodeContext, _ lowering: inout TrainingLowering, _ dy: BlockedTensor
) throws(ModelError) {
  guard lowering.wantsGradient(context, 2) else { return }
  try lowering.writingGradient(context, 2, shape: [dy.channels]) { target, lowering in
    lowering.emit(
      context, reads: [dy.tensor], writes: [target], items: dy.blocks, scratchPerWorker: 8,
      multiplyAdds: dy.elements
    ) { memory, items in
      for block in items {
        var sums = SIMD8<Double>.zero
        for image in 0..<dy.images {
          unsafe channelSums(
            memory[dy.tensor] + image * dy.imageFloats + block * dy.blockFloats, pixels: dy.pixels, memory.scratch)
          for lane in 0..<8 { sums[lane] += unsafe Double(memory.scratch[lane]) }
        }
        for lane in 0..<min(8, dy.channels - block * 8) {
          unsafe memory[target][block * 8 + lane] = Float(sums[lane])
        }
      }
    }
  }
}
