internal import NeuralKernels

extension Operators {
  package static let convolutions: [String: OperatorDefinition] = [
    "Conv": OperatorDefinition(
      infer: { context throws(ModelError) in
        let convolution = try Convolution(context)
        return [TensorType(Shape([convolution.batch, convolution.outputs] + convolution.spatial.outputSizes))]
      },
      lower: { context, lowering throws(ModelError) in try Convolution(context).lower(context, &lowering) },
      appliesActivation: true),
    "ConvTranspose": OperatorDefinition(
      infer: { context throws(ModelError) in [try TransposedConvolution(context).type] },
      lower: { context, lowering throws(ModelError) in try TransposedConvolution(context).lower(context, &lowering) },
      appliesActivation: true),
  ]
}

/// A convolution with all sizes resolved.
package struct Convolution {
  package let batch: Int
  package let inputs: Int
  package let outputs: Int
  package let groups: Int
  package let spatial: SpatialWindow

  package init(_ context: NodeContext) throws(ModelError) {
    let x = try context.floating(0).shape
    let w = try context.floating(1).shape
    guard x.rank >= 3, w.rank == x.rank else {
      throw context.failure("input \(x) and weights \(w) must have the same number of axes, at least 3")
    }
    groups = try context.int("group") ?? 1
    (batch, inputs, outputs) = (x[0], x[1], w[0])
    guard groups > 0, inputs == w[1] * groups, outputs % groups == 0 else {
      throw context.failure("weights \(w) in \(groups) groups need \(w[1] &* groups) input channels, got \(inputs)")
    }
    if let bias = context.optional(2), bias.shape.dimensions != [outputs] {
      throw context.failure("bias \(bias.shape) must hold one value for each of \(outputs) output channels")
    }
    spatial = try SpatialWindow(context, input: x, kernel: Array(w.dimensions[2...]))
  }

  /// Floats of unrolled input a worker holds at a time: what stays in a core's second-level cache.
  private static let tileFloats = 160 * 1024

  package func lower(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) {
    let x = lowering.input(try context.operand(0))
    let w = lowering.input(try context.operand(1))
    let finish = try Finish(context, channels: outputs, &lowering)
    let y = lowering.output(context)
    let window = spatial.window
    let (inputsPerGroup, outputsPerGroup) = (inputs / groups, outputs / groups)
    let depth = inputsPerGroup * window.kernel.volume
    let (inputPlane, outputPlane) = (window.input.volume, window.output.volume)
    let rows = window.output.x * window.output.y
    let width = window.output.z
    let (inputs, outputs, groups) = (inputs, outputs, groups)
    let multiplyAdds = batch * outputs * outputPlane * depth

    if inputsPerGroup == 1 && outputsPerGroup == 1 {
      lowering.emit(
        context, reads: [x, w] + finish.tensors, writes: [y], items: batch * outputs, multiplyAdds: multiplyAdds
      ) { memory, items in
        for item in items {
          let channel = item % outputs
          let out = unsafe memory[y] + item * outputPlane
          unsafe convolvePlane(
            window, input: memory[x] + item * inputPlane, weights: memory[w] + channel * depth, bias: 0,
            rows: 0..<rows, output: out)
          unsafe finish.apply(memory, out, channels: channel..<channel + 1, line: outputPlane, stride: outputPlane)
        }
      }
      return
    }
    let tile = max(1, min(rows, Self.tileFloats / max(depth * width, 1)))
    let tiles = (rows + tile - 1) / tile
    let isPointwise = window.isPointwise
    lowering.emit(
      context, reads: [x, w] + finish.tensors, writes: [y], items: batch * groups * tiles,
      scratchPerWorker: isPointwise ? 0 : depth * tile * width, multiplyAdds: multiplyAdds
    ) { memory, items in
      for item in items {
        let (image, group, first) = (item / tiles / groups, item / tiles % groups, item % tiles * tile)
        let lines = first..<min(first + tile, rows)
        let columns = lines.count * width
        let source = unsafe memory[x] + (image * inputs + group * inputsPerGroup) * inputPlane
        let out = unsafe memory[y] + (image * outputs + group * outputsPerGroup) * outputPlane + first * width
        if isPointwise {
          unsafe matrixProduct(
            rows: outputsPerGroup, columns: columns, depth: depth, a: memory[w] + group * outputsPerGroup * depth,
            aStride: depth, b: source + first * width, bStride: inputPlane, c: out, cStride: outputPlane)
        } else {
          unsafe unrollColumns(
            window, input: source, channels: inputsPerGroup, rows: lines, columns: memory.scratch)
          unsafe matrixProduct(
            rows: outputsPerGroup, columns: columns, depth: depth, a: memory[w] + group * outputsPerGroup * depth,
            aStride: depth, b: memory.scratch, bStride: columns, c: out, cStride: outputPlane)
        }
        let channels = group * outputsPerGroup..<(group + 1) * outputsPerGroup
        unsafe finish.apply(memory, out, channels: channels, line: columns, stride: outputPlane)
      }
    }
  }
}

/// What is done to a convolution's sums before they are stored: bias, then activation.
package struct Finish: Sendable {
  private let bias: TensorID?
  private let slopes: TensorID?
  private let function: ElementFunction

  /// The tensors it reads.
  package var tensors: [TensorID] { [bias, slopes].compactMap(\.self) }

  package init(_ context: NodeContext, channels: Int, _ lowering: inout Lowering) throws(ModelError) {
    bias = context.optional(2).map { lowering.input($0) }
    switch context.node.activation {
    case .function(let function):
      self.function = function
      slopes = nil
    case .slopes:
      guard let storage = context.slopes?.floatStorage, storage.count == channels else {
        throw context.failure("the PRelu after it needs one slope for each of \(channels) channels")
      }
      function = .identity
      slopes = lowering.constant(storage, [channels])
    }
  }

  /// Finishes lines of `line` elements, one per channel, that begin `stride` apart.
  @unsafe package func apply(
    _ memory: Memory, _ values: UnsafeMutablePointer<Float>, channels: Range<Int>, line: Int, stride: Int
  ) {
    if bias == nil && slopes == nil && function == .identity { return }
    for channel in channels {
      let shift = if let bias { unsafe memory[bias][channel] } else { Float(0) }
      let activation =
        if let slopes { unsafe ElementFunction.leakyRelu(slope: memory[slopes][channel]) } else { function }
      unsafe addBias(shift, then: activation, values + (channel - channels.lowerBound) * stride, count: line)
    }
  }
}
