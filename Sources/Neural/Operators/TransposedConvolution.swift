package import NeuralKernels

/// A transposed convolution with all sizes resolved.
///
/// It is the forward convolution's gradient: `window.input` is this operator's output.
package struct TransposedConvolution {
  package let batch: Int
  package let inputs: Int
  package let outputs: Int
  package let groups: Int
  package let window: Window
  package let type: TensorType

  package init(_ context: NodeContext) throws(ModelError) {
    let x = try context.floating(0).shape
    let w = try context.floating(1).shape
    guard (3...5).contains(x.rank), w.rank == x.rank else {
      throw context.failure("input \(x) and weights \(w) must have the same number of axes, 3 to 5")
    }
    groups = try context.int("group") ?? 1
    (batch, inputs) = (x[0], x[1])
    guard groups > 0, groups <= max(inputs, 1), w[0] == inputs, inputs % groups == 0 else {
      throw context.failure("weights \(w) in \(groups) groups do not fit \(inputs) input channels")
    }
    outputs = w[1] * groups
    if let bias = context.optional(2), bias.shape.dimensions != [outputs] {
      throw context.failure("bias \(bias.shape) must hold one value for each of \(outputs) output channels")
    }
    let sizes = Array(x.dimensions[2...])
    let rank = sizes.count
    let kernel = try context.ints("kernel_shape") ?? Array(w.dimensions[2...])
    let strides = try context.ints("strides") ?? Array(repeating: 1, count: rank)
    let dilations = try context.ints("dilations") ?? Array(repeating: 1, count: rank)
    let extra = try context.ints("output_padding") ?? Array(repeating: 0, count: rank)
    var pads = try context.ints("pads") ?? Array(repeating: 0, count: 2 * rank)
    let wanted = try context.ints("output_shape")
    let autoPad = try context.string("auto_pad", default: "NOTSET")
    guard kernel == Array(w.dimensions[2...]), strides.count == rank, dilations.count == rank, extra.count == rank,
      pads.count == 2 * rank, (kernel + strides + dilations).allSatisfy({ $0 > 0 }),
      (pads + extra).allSatisfy({ $0 >= 0 }), sizes.allSatisfy({ $0 > 0 })
    else {
      throw context.failure(
        "kernel \(kernel), strides \(strides), dilations \(dilations), pads \(pads) do not fit \(rank) spatial axes")
    }
    var target = wanted ?? []
    // Some exporters give all axes of the output, batch and channels included.
    if target.count == rank + 2 { target = Array(target[2...]) }
    guard wanted == nil || target.count == rank else {
      throw context.failure("output_shape \(target) does not name \(rank) spatial axes")
    }
    var output: [Int] = []
    for axis in 0..<rank {
      let full = strides[axis] * (sizes[axis] - 1) + extra[axis] + (kernel[axis] - 1) * dilations[axis] + 1
      let isSame = autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER"
      if isSame || wanted != nil {
        let size = wanted == nil ? sizes[axis] * strides[axis] : target[axis]
        let total = max(full - size, 0)
        // The spec's rule: the odd element goes behind, except for SAME_LOWER and a bare output_shape.
        pads[axis] = autoPad == "SAME_UPPER" ? total / 2 : total - total / 2
        pads[axis + rank] = total - pads[axis]
        output.append(size)
      } else {
        if autoPad == "VALID" { (pads[axis], pads[axis + rank]) = (0, 0) }
        output.append(full - pads[axis] - pads[axis + rank])
      }
      guard output[axis] > 0 else {
        throw context.failure("pads \(pads) leave nothing of an output of \(full); give a larger input")
      }
    }
    type = TensorType(Shape([batch, outputs] + output))
    window = Window(
      input: SpatialWindow.three(output), output: SpatialWindow.three(sizes), kernel: SpatialWindow.three(kernel),
      stride: SpatialWindow.three(strides), dilation: SpatialWindow.three(dilations),
      padding: SpatialWindow.three(pads[..<rank], absent: 0))
  }

  /// Floats of one worker's matrix of products before they are added onto the output.
  private static let tileFloats = 512 * 1024

  package func lower(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) {
    let x = lowering.input(try context.operand(0))
    let w = lowering.input(try context.operand(1))
    let finish = try Finish(context, channels: outputs, &lowering)
    let y = lowering.output(context)
    let window = window
    let (inputsPerGroup, outputsPerGroup) = (inputs / groups, outputs / groups)
    let kernel = window.kernel.volume
    let (inputPlane, outputPlane) = (window.output.volume, window.input.volume)
    // A block of output channels at a time: its products fit the cache, and blocks are independent.
    let block = max(1, min(outputsPerGroup, Self.tileFloats / max(kernel * inputPlane, 1)))
    let blocks = (outputsPerGroup + block - 1) / block
    let (inputs, outputs, groups) = (inputs, outputs, groups)
    lowering.emit(
      context, reads: [x, w] + finish.tensors, writes: [y], items: batch * groups * blocks,
      scratchPerWorker: block * kernel * inputPlane,
      multiplyAdds: batch * inputs * inputPlane * outputsPerGroup * kernel
    ) { memory, items in
      for item in items {
        let (image, group, first) = (item / blocks / groups, item / blocks % groups, item % blocks * block)
        let channels = first..<min(first + block, outputsPerGroup)
        unsafe matrixProduct(
          rows: channels.count * kernel, columns: inputPlane, depth: inputsPerGroup,
          a: memory[w] + (group * inputsPerGroup * outputsPerGroup + first) * kernel, aStride: outputsPerGroup * kernel,
          aTransposed: true, b: memory[x] + (image * inputs + group * inputsPerGroup) * inputPlane, bStride: inputPlane,
          c: memory.scratch, cStride: inputPlane)
        let base = image * outputs + group * outputsPerGroup
        for channel in channels {
          let plane = unsafe memory[y] + (base + channel) * outputPlane
          unsafe plane.update(repeating: 0, count: outputPlane)
          unsafe rollColumns(
            window, columns: memory.scratch + (channel - first) * kernel * inputPlane, plane: plane)
        }
        let shifted = group * outputsPerGroup + first..<group * outputsPerGroup + channels.upperBound
        unsafe finish.apply(
          memory, memory[y] + (base + first) * outputPlane, channels: shifted, line: outputPlane, stride: outputPlane)
      }
    }
  }
}
