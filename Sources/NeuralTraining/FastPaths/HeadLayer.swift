internal import Neural
internal import NeuralKernels

/// A 1×1 convolution from a blocked map to a few planes in training: the head of a network.
struct HeadLayer {
  private let geometry: ConvolutionGeometry

  /// Nil where the layer is of another kind.
  init?(_ context: NodeContext, _ lowering: TrainingLowering) throws(ModelError) {
    let g = ConvolutionGeometry(try Convolution(context))
    guard g.kernelHeight == 1, g.kernelWidth == 1, g.strideY == 1, g.strideX == 1, g.padTop == 0, g.padLeft == 0,
      g.outHeight == g.inHeight, g.outWidth == g.inWidth, g.groups == 1, g.outChannels <= 4,
      FastPaths.isBlocked(context, 0, lowering)
    else { return nil }
    geometry = g
  }

  func lower(_ context: NodeContext, _ lowering: inout TrainingLowering) throws(ModelError) -> Backward {
    let g = geometry
    let x = lowering.forward.blockedInput(try context.floating(0))
    let weights = try lowering.input(context, 1)
    let bias = context.optional(2) == nil ? nil : try lowering.input(context, 2)
    let y = lowering.forward.output(context)
    let padded = x.blocks * 8
    let packed = KernelMemory(count: g.outChannels * padded)
    let epilogue = emptyEpilogue(g.outChannels)
    let kernel = HeadConvolution(
      inChannels: g.inChannels, outChannels: g.outChannels, weights: packed, epilogue: epilogue)
    lowering.emit(context, reads: [weights] + (bias.map { [$0] } ?? []), writes: [], items: 1) { memory, _ in
      if let bias { unsafe epilogue.setBias(memory[bias], channels: g.outChannels) }
      for out in 0..<g.outChannels {
        unsafe (packed.base + out * padded).update(from: memory[weights] + out * g.inChannels, count: g.inChannels)
      }
    }
    let pixels = x.pixels
    let run = 2048
    let runs = (pixels + run - 1) / run
    lowering.emit(
      context, reads: [x.tensor], writes: [y], items: g.images * runs, multiplyAdds: g.operations / 2
    ) { memory, items in
      for item in items {
        let (image, first) = (item / runs, item % runs * run)
        unsafe kernel.run(
          pixels: first..<min(first + run, pixels), of: pixels, memory[x.tensor] + image * x.imageFloats,
          memory[y] + image * g.outChannels * pixels)
      }
    }
    return { lowering throws(ModelError) in
      guard let dy = lowering.outputGradient(context) else { return }
      try emitParameterGradients(context, &lowering, x, dy)
      emitInputGradient(context, &lowering, x, weights, dy)
    }
  }

  private func emitParameterGradients(
    _ context: NodeContext, _ lowering: inout TrainingLowering, _ x: BlockedTensor, _ dy: TensorID
  ) throws(ModelError) {
    let g = geometry
    if lowering.wantsGradient(context, 1) {
      try lowering.writingGradient(context, 1, shape: try context.shape(1)) { target, lowering throws(ModelError) in
        lowering.emit(
          context, reads: [x.tensor, dy], writes: [target], items: x.blocks, scratchPerWorker: 8,
          multiplyAdds: g.operations / 2
        ) { memory, items in
          for block in items {
            for out in 0..<g.outChannels {
              var sums = SIMD8<Double>.zero
              for image in 0..<x.images {
                unsafe headWeightSums(
                  x: memory[x.tensor] + image * x.imageFloats + block * x.blockFloats,
                  dy: memory[dy] + (image * g.outChannels + out) * x.pixels, pixels: x.pixels, memory.scratch)
                for lane in 0..<8 { sums[lane] += unsafe Double(memory.scratch[lane]) }
              }
              for lane in 0..<min(8, g.inChannels - block * 8) {
                unsafe memory[target][out * g.inChannels + block * 8 + lane] = Float(sums[lane])
              }
            }
          }
        }
      }
    }
    guard lowering.wantsGradient(context, 2) else { return }
    try lowering.writingGradient(context, 2, shape: [g.outChannels]) { target, lowering throws(ModelError) in
      lowering.emit(context, reads: [dy], writes: [target], items: g.outChannels) { memory, items in
        for out in items {
          var sum = 0.0
          for image in 0..<x.images {
            sum += unsafe lineSum(memory[dy] + (image * g.outChannels + out) * x.pixels, count: x.pixels)
          }
          unsafe memory[target][out] = Float(sum)
        }
      }
    }
  }

  private func emitInputGradient(
    _ context: NodeContext, _ lowering: inout TrainingLowering, _ x: BlockedTensor, _ weights: TensorID, _ dy: TensorID
  ) {
    let g = geometry
    guard let (dx, adds) = lowering.blockedInputGradient(context, 0) else { return }
    lowering.emit(
      context, reads: [weights, dy] + (adds ? [dx.tensor] : []), writes: [dx.tensor], items: x.images * x.blocks,
      multiplyAdds: g.operations / 2
    ) { memory, items in
      for item in items {
        let (image, block) = (item / x.blocks, item % x.blocks)
        unsafe headInputGradient(
          dy: memory[dy] + image * g.outChannels * x.pixels, planeStride: x.pixels, outputs: g.outChannels,
          weights: memory[weights] + block * 8, inChannels: g.inChannels, lanes: min(8, g.inChannels - block * 8),
          adding: adds, pixels: x.pixels, memory[dx.tensor] + image * dx.imageFloats + block * dx.blockFloats)
      }
    }
  }
}
