package import NeuralKernels

extension BlockedLowering {
  mutating func lowerConvolution(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) -> Bool {
    let convolution = try Convolution(context)
    let x = try context.operand(0)
    let w = try context.operand(1)
    guard x.shape.rank == 4, x.shape.count > 0, let weights = w.constant?.floatStorage,
      let finish = BlockedFinish(context, channels: convolution.outputs)
    else { return false }
    let geometry = ConvolutionGeometry(convolution)
    let isBlocked = lowering.blockedTensors[x.value] != nil

    let isPointwise = geometry.isPointwise && geometry.groups == 1
    if isPointwise && isBlocked && geometry.outChannels <= 4 && finish.isComplete {
      lowerHead(context, &lowering, geometry, weights, finish)
      return true
    }
    // Eight lanes of which few are used cost more than they save.
    guard geometry.outChannels >= 6 else { return false }
    let kernel = geometry.fastestKernel
    let isPlanar = !isBlocked && geometry.inChannels <= 4 && geometry.groups == 1
    if isPlanar {
      lowerDirect(context, &lowering, geometry, weights, finish, isPlanar: true)
      return true
    }
    switch kernel {
    case .winograd(let tile): lowerWinograd(context, &lowering, geometry, weights, finish, tile: tile)
    case .depthwise: lowerDepthwise(context, &lowering, geometry, weights, finish)
    case .direct:
      guard DirectConvolution.supports(geometry) else { return false }
      lowerDirect(context, &lowering, geometry, weights, finish, isPlanar: false)
    }
    return true
  }

  private mutating func lowerWinograd(
    _ context: NodeContext, _ lowering: inout Lowering, _ g: ConvolutionGeometry, _ weights: FloatStorage,
    _ finish: BlockedFinish, tile: Int
  ) {
    let x = lowering.blockedInput(context.operands[0]!)
    let y = lowering.blockedOutput(context)
    let packed = lowering.weights.packed(context.operands[1]!.value, "winograd \(tile)") {
      unsafe WinogradConvolution.pack(
        weights.buffer, inChannels: g.inChannels, outChannels: g.outChannels, tile: tile)
    }
    let kernel = WinogradConvolution(
      inChannels: g.inChannels, outChannels: g.outChannels, tile: tile, weights: packed, epilogue: finish.epilogue)
    let plan = kernel.plan(
      images: g.images, outHeight: g.outHeight, outWidth: g.outWidth, padTop: g.padTop, padLeft: g.padLeft,
      threads: threads)
    let halved =
      finish.isComplete ? context.node.outputs[0].flatMap { halvedOutput(of: $0, &lowering) } : nil
    let writes = [y.tensor] + (halved.map { [$0.tensor] } ?? [])
    let matrices = lowering.scratchTensor(elements: plan.sharedScratch)
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
      context, reads: plan.isSplit ? [x.tensor, matrices] : [x.tensor], writes: writes, items: plan.multiplyUnits,
      scratchPerWorker: plan.scratchPerThread, multiplyAdds: g.operations / 2
    ) { memory, items in
      for item in items {
        unsafe kernel.multiply(
          unit: item, plan: plan, input: x.map(memory), output: y.map(memory), pooled: halved?.map(memory),
          local: memory.scratch, shared: memory[matrices])
      }
    }
    finish.lowerRest(context, &lowering, y)
  }

  private func lowerDirect(
    _ context: NodeContext, _ lowering: inout Lowering, _ g: ConvolutionGeometry, _ weights: FloatStorage,
    _ finish: BlockedFinish, isPlanar: Bool
  ) {
    let packed = lowering.weights.packed(context.operands[1]!.value, isPlanar ? "planar" : "direct") {
      unsafe DirectConvolution.pack(weights.buffer, geometry: g, isPlanar: isPlanar)
    }
    let kernel = DirectConvolution(
      geometry: g, isPlanar: isPlanar, weights: packed, epilogue: finish.epilogue, threads: threads)
    let operand = context.operands[0]!
    if isPlanar {
      let x = lowering.input(operand)
      let y = lowering.blockedOutput(context)
      let imageFloats = g.inChannels * g.inHeight * g.inWidth
      lowering.emit(
        context, reads: [x], writes: [y.tensor], items: kernel.units, scratchPerWorker: kernel.scratchPerThread,
        multiplyAdds: g.operations / 2
      ) { memory, items in
        let input = unsafe BlockedMap(
          base: memory[x], height: g.inHeight, width: g.inWidth, imageStride: imageFloats)
        for item in items {
          unsafe kernel.run(unit: item, input: input, output: y.map(memory), local: memory.scratch)
        }
      }
      finish.lowerRest(context, &lowering, y)
    } else {
      let x = lowering.blockedInput(operand)
      let y = lowering.blockedOutput(context)
      lowering.emit(
        context, reads: [x.tensor], writes: [y.tensor], items: kernel.units,
        scratchPerWorker: kernel.scratchPerThread, multiplyAdds: g.operations / 2
      ) { memory, items in
        for item in items {
          unsafe kernel.run(unit: item, input: x.map(memory), output: y.map(memory), local: memory.scratch)
        }
      }
      finish.lowerRest(context, &lowering, y)
    }
  }

  private func lowerDepthwise(
    _ context: NodeContext, _ lowering: inout Lowering, _ g: ConvolutionGeometry, _ weights: FloatStorage,
    _ finish: BlockedFinish
  ) {
    let x = lowering.blockedInput(context.operands[0]!)
    let y = lowering.blockedOutput(context)
    let packed = lowering.weights.packed(context.operands[1]!.value, "depthwise") {
      unsafe DepthwiseConvolution.pack(weights.buffer, geometry: g)
    }
    let kernel = DepthwiseConvolution(geometry: g, weights: packed, epilogue: finish.epilogue)
    lowering.emit(
      context, reads: [x.tensor], writes: [y.tensor], items: kernel.units, scratchPerWorker: kernel.scratchPerThread,
      multiplyAdds: g.operations / 2
    ) { memory, items in
      for item in items {
        unsafe kernel.run(unit: item, input: x.map(memory), output: y.map(memory), local: memory.scratch)
      }
    }
    finish.lowerRest(context, &lowering, y)
  }

  /// A 1×1 convolution to a few channels makes rows at once: nothing blocked follows so few channels.
  private func lowerHead(
    _ context: NodeContext, _ lowering: inout Lowering, _ g: ConvolutionGeometry, _ weights: FloatStorage,
    _ finish: BlockedFinish
  ) {
    let x = lowering.blockedInput(context.operands[0]!)
    let y = lowering.output(context)
    let packed = lowering.weights.packed(context.operands[1]!.value, "head") {
      unsafe HeadConvolution.pack(weights.buffer, inChannels: g.inChannels, outChannels: g.outChannels)
    }
    let kernel = HeadConvolution(
      inChannels: g.inChannels, outChannels: g.outChannels, weights: packed, epilogue: finish.epilogue)
    let pixels = g.outHeight * g.outWidth
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
  }

  func lowerTransposed(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) -> Bool {
    let layer = try TransposedConvolution(context)
    let x = try context.operand(0)
    let w = try context.operand(1)
    // `window` is the forward convolution's: its input is this layer's output.
    let window = layer.window
    guard x.shape.rank == 4, x.shape.count > 0, layer.groups == 1, layer.outputs >= 6, window.kernel == window.stride,
      window.dilation == SIMD3(1, 1, 1), window.padding == SIMD3(0, 0, 0),
      window.input == window.output &* window.stride, let weights = w.constant?.floatStorage,
      let finish = BlockedFinish(context, channels: layer.outputs)
    else { return false }
    let input = lowering.blockedInput(x)
    let y = lowering.blockedOutput(context)
    let (strideY, strideX) = (window.stride.y, window.stride.z)
    let packed = lowering.weights.packed(w.value, "transposed") {
      unsafe NeuralKernels.TransposedConvolution.pack(
        weights.buffer, inChannels: layer.inputs, outChannels: layer.outputs, strideY: strideY, strideX: strideX)
    }
    let kernel = NeuralKernels.TransposedConvolution(
      images: layer.batch, inChannels: layer.inputs, outChannels: layer.outputs, inHeight: window.output.y,
      inWidth: window.output.z, strideY: strideY, strideX: strideX, weights: packed, epilogue: finish.epilogue,
      threads: threads)
    lowering.emit(
      context, reads: [input.tensor], writes: [y.tensor], items: kernel.units,
      scratchPerWorker: kernel.scratchPerThread,
      multiplyAdds: kernel.operations / 2
    ) { memory, items in
      for item in items {
        unsafe kernel.run(unit: item, input: input.map(memory), output: y.map(memory), local: memory.scratch)
      }
    }
    finish.lowerRest(context, &lowering, y)
    return true
  }
}

extension ConvolutionGeometry {
  package init(_ convolution: Convolution) {
    let window = convolution.spatial.window
    self.init(
      images: convolution.batch, inChannels: convolution.inputs, inHeight: window.input.y, inWidth: window.input.z,
      outChannels: convolution.outputs, outHeight: window.output.y, outWidth: window.output.z,
      kernelHeight: window.kernel.y, kernelWidth: window.kernel.z, strideY: window.stride.y, strideX: window.stride.z,
      dilationY: window.dilation.y, dilationX: window.dilation.z, padTop: window.padding.y,
      padLeft: window.padding.z, groups: convolution.groups)
  }

  /// Whether every output pixel is a product of the one input pixel in its place.
  var isPointwise: Bool {
    kernelHeight == 1 && kernelWidth == 1 && strideY == 1 && strideX == 1 && padTop == 0 && padLeft == 0
      && outHeight == inHeight && outWidth == inWidth
  }
}
