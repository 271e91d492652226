internal import Neural
internal import NeuralKernels

extension FastPaths {
  /// A transposed convolution whose windows do not overlap.
  static func transposedConvolution(
    _ context: NodeContext, _ lowering: inout TrainingLowering
  ) throws(ModelError) -> Backward? {
    guard context.node.activation == .none, isBlocked(context, 0, lowering),
      let layer = try EnlargingLayer(context)
    else { return nil }
    return try layer.lower(context, &lowering)
  }
}

private struct EnlargingLayer {
  private let layer: Neural.TransposedConvolution
  /// The convolution that takes the output's gradient to the input's: its input is this layer's output.
  private let gradientGeometry: ConvolutionGeometry

  init?(_ context: NodeContext) throws(ModelError) {
    layer = try Neural.TransposedConvolution(context)
    let window = layer.window
    guard layer.groups == 1, layer.outputs >= 6, window.kernel == window.stride, window.dilation == SIMD3(1, 1, 1),
      window.padding == SIMD3(0, 0, 0), window.input == window.output &* window.stride
    else { return nil }
    gradientGeometry = ConvolutionGeometry(
      images: layer.batch, inChannels: layer.outputs, inHeight: window.input.y, inWidth: window.input.z,
      outChannels: layer.inputs, outHeight: window.output.y, outWidth: window.output.z,
      kernelHeight: window.kernel.y, kernelWidth: window.kernel.z, strideY: window.stride.y, strideX: window.stride.z)
  }

  func lower(_ context: NodeContext, _ lowering: inout TrainingLowering) throws(ModelError) -> Backward {
    let (layer, window) = (layer, layer.window)
    let (strideY, strideX) = (window.stride.y, window.stride.z)
    let x = lowering.forward.blockedInput(try context.floating(0))
    let weights = try lowering.input(context, 1)
    let bias = context.optional(2) == nil ? nil : try lowering.input(context, 2)
    let y = lowering.forward.blockedOutput(context)
    let packed = KernelMemory(
      count: NeuralKernels.TransposedConvolution.packedFloats(
        inChannels: layer.inputs, outChannels: layer.outputs, strideY: strideY, strideX: strideX))
    let epilogue = emptyEpilogue(layer.outputs)
    let kernel = NeuralKernels.TransposedConvolution(
      images: layer.batch, inChannels: layer.inputs, outChannels: layer.outputs, inHeight: window.output.y,
      inWidth: window.output.z, strideY: strideY, strideX: strideX, weights: packed, epilogue: epilogue,
      threads: lowering.threads)
    let (inputs, outputs) = (layer.inputs, layer.outputs)
    lowering.emit(context, reads: [weights] + (bias.map { [$0] } ?? []), writes: [], items: inputs) { memory, items in
      if items.contains(0), let bias { unsafe epilogue.setBias(memory[bias], channels: outputs) }
      unsafe NeuralKernels.TransposedConvolution.pack(
        memory[weights], inputs: items, inChannels: inputs, outChannels: outputs, taps: strideY * strideX,
        into: packed.base)
    }
    lowering.emit(
      context, reads: [x.tensor], writes: [y.tensor], items: kernel.units, scratchPerWorker: kernel.scratchPerThread,
      multiplyAdds: kernel.operations / 2
    ) { memory, items in
      for item in items {
        unsafe kernel.run(unit: item, input: x.map(memory), output: y.map(memory), local: memory.scratch)
      }
    }
    return { lowering throws(ModelError) in
      guard let dy = lowering.blockedOutputGradient(context) else { return }
      try emitBiasGradient(context, &lowering, dy)
      if lowering.wantsGradient(context, 1) {
        // With the roles exchanged: the gradient is what is looked at, the input what comes out.
        let gradient = DirectWeightGradient(geometry: gradientGeometry, isPlanar: false)
        try lowering.writingGradient(context, 1, shape: try context.shape(1)) { target, lowering throws(ModelError) in
          gradient.emit(
            context, &lowering, input: dy.tensor, inputMap: { memory in dy.map(memory) }, gradient: x, to: target)
        }
      }
      try lowering.writingBlockedGradient(context, 0, shape: try context.shape(0)) { dx, lowering throws(ModelError) in
        emitInputGradient(context, &lowering, weights, dy, dx)
      }
    }
  }

  private func emitInputGradient(
    _ context: NodeContext, _ lowering: inout TrainingLowering, _ weights: TensorID, _ dy: BlockedTensor,
    _ dx: BlockedTensor
  ) {
    let g = gradientGeometry
    // The weights (in, out, kh, kw) are those of a convolution from out to in as they stand.
    let packed = KernelMemory(count: DirectConvolution.packedFloats(g, isPlanar: false))
    let kernel = DirectConvolution(
      geometry: g, isPlanar: false, weights: packed, epilogue: emptyEpilogue(g.outChannels), threads: lowering.threads)
    lowering.emit(context, reads: [weights], writes: [], items: g.outChannels) { memory, items in
      unsafe DirectConvolution.pack(memory[weights], geometry: g, isPlanar: false, outputs: items, into: packed.base)
    }
    lowering.emit(
      context, reads: [dy.tensor], writes: [dx.tensor], items: kernel.units,
      scratchPerWorker: kernel.scratchPerThread, multiplyAdds: g.operations / 2
    ) { memory, items in
      for item in items {
        unsafe kernel.run(unit: item, input: dy.map(memory), output: dx.map(memory), local: memory.scratch)
      }
    }
  }
}

/// No activation, and a bias of zeros until another is set.
func emptyEpilogue(_ channels: Int) -> Epilogue {
  unsafe Epilogue(
    .none, bias: UnsafeBufferPointer(start: nil, count: 0), slopes: UnsafeBufferPointer(start: nil, count: 0),
    channels: channels)
}
