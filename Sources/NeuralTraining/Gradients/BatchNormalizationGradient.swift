internal import Neural
internal import NeuralKernels

extension TrainingRules {
  static let normalizations: [String: TrainingRule] = ["BatchNormalization": TrainingRule(BatchStatistics.lower)]
}

/// Normalisation with the mean and variance of the batch (Ioffe and Szegedy, arXiv:1502.03167), and a rectifier behind
/// it where the node has one fused.
///
/// Kept for the backward pass: the input, a mean and a factor 1/√(variance + ε) per channel, and the result where it
/// was rectified.
private struct BatchStatistics {
  let images: Int
  let channels: Int
  let plane: Int
  let isRectified: Bool

  private init(_ context: NodeContext) throws(ModelError) {
    let shape = try context.shape(0)
    guard shape.rank >= 2 else { throw context.failure("input \(shape) has no channels to train on") }
    (images, channels) = (shape[0], shape[1])
    plane = shape.inner(1)
    isRectified = context.node.activation == .function(.relu)
  }

  static let lower: @Sendable (NodeContext, inout TrainingLowering) throws(ModelError) -> Backward = {
    context, lowering throws(ModelError) in
    let norm = try BatchStatistics(context)
    guard norm.images * norm.plane > 1 else {
      throw context.failure(
        "one value per channel cannot be normalised while training; give a larger batch or a larger input")
    }
    let x = try lowering.input(context, 0)
    // Mean and factor of each channel.
    let statistics = lowering.forward.temporary([2, norm.channels])
    try norm.emitStatistics(context, &lowering, x: x, statistics: statistics)
    let y = lowering.forward.output(context)
    try norm.emitNormalization(context, &lowering, x: x, y: y, statistics: statistics)
    return { lowering throws(ModelError) in
      try norm.emitGradients(context, &lowering, x: x, y: y, statistics: statistics)
    }
  }

  private func emitStatistics(
    _ context: NodeContext, _ lowering: inout TrainingLowering, x: TensorID, statistics: TensorID
  ) throws(ModelError) {
    let (images, channels, plane) = (images, channels, plane)
    let epsilon = Double(try context.float("epsilon", default: 1e-5))
    let momentum = try context.float("momentum", default: 0.9)
    let means = lowering.buffer(context, 3)
    let variances = lowering.buffer(context, 4)
    let count = images * plane
    lowering.emit(
      context, reads: [x] + [means, variances].compactMap(\.self),
      writes: [statistics] + [means, variances].compactMap(\.self), items: channels,
      multiplyAdds: 2 * images * plane * channels
    ) { memory, items in
      for channel in items {
        var sum = 0.0
        for image in 0..<images {
          sum += unsafe lineSum(memory[x] + (image * channels + channel) * plane, count: plane)
        }
        let mean = sum / Double(count)
        var squares = 0.0
        for image in 0..<images {
          squares += unsafe lineSquares(
            memory[x] + (image * channels + channel) * plane, mean: Float(mean), count: plane)
        }
        let variance = squares / Double(count)
        unsafe memory[statistics][channel] = Float(mean)
        unsafe memory[statistics][channels + channel] = Float(1 / (variance + epsilon).squareRoot())
        if let means {
          let old = unsafe memory[means][channel]
          unsafe memory[means][channel] = momentum * old + (1 - momentum) * Float(mean)
        }
        if let variances {
          let old = unsafe memory[variances][channel]
          let unbiased = Float(squares / Double(count - 1))
          unsafe memory[variances][channel] = momentum * old + (1 - momentum) * unbiased
        }
      }
    }
  }

  private func emitNormalization(
    _ context: NodeContext, _ lowering: inout TrainingLowering, x: TensorID, y: TensorID, statistics: TensorID
  ) throws(ModelError) {
    let (channels, plane, isRectified) = (channels, plane, isRectified)
    let scale = try lowering.input(context, 1)
    let bias = try lowering.input(context, 2)
    lowering.emit(
      context, reads: [x, statistics, scale, bias], writes: [y], items: images * channels
    ) { memory, items in
      for item in items {
        let channel = item % channels
        let factor = unsafe memory[scale][channel] * memory[statistics][channels + channel]
        let shift = unsafe memory[bias][channel] - memory[statistics][channel] * factor
        let out = unsafe memory[y] + item * plane
        unsafe scaleAndShift(memory[x] + item * plane, out, scale: factor, shift: shift, count: plane)
        if isRectified { unsafe apply(.relu, out, out, count: plane) }
      }
    }
  }

  private func emitGradients(
    _ context: NodeContext, _ lowering: inout TrainingLowering, x: TensorID, y: TensorID, statistics: TensorID
  ) throws(ModelError) {
    guard let dy = lowering.outputGradient(context) else { return }
    let (images, channels, plane, isRectified) = (images, channels, plane, isRectified)
    let scale = try lowering.input(context, 1)
    let kept = [x, dy, statistics] + (isRectified ? [y] : [])
    // Of each channel: Σ dz and Σ dz · (x − mean).
    let sums = lowering.forward.temporary([2, channels])
    lowering.emit(
      context, reads: kept, writes: [sums], items: channels, multiplyAdds: images * channels * plane
    ) { memory, items in
      for channel in items {
        var (gradient, product) = (0.0, 0.0)
        for image in 0..<images {
          let start = (image * channels + channel) * plane
          let line = unsafe normalizationSums(
            x: memory[x] + start, y: isRectified ? UnsafePointer(memory[y] + start) : nil, dy: memory[dy] + start,
            mean: memory[statistics][channel], count: plane)
          gradient += line.gradient
          product += line.product
        }
        unsafe memory[sums][channel] = Float(gradient)
        unsafe memory[sums][channels + channel] = Float(product)
      }
    }
    if let target = lowering.inputGradient(context, 1) {
      let (output, adds) = (target.tensor, target.adds)
      lowering.emit(context, reads: [sums, statistics, output], writes: [output], items: 1) { memory, _ in
        for channel in 0..<channels {
          let value = unsafe memory[sums][channels + channel] * memory[statistics][channels + channel]
          unsafe memory[output][channel] = value + (adds ? memory[output][channel] : 0)
        }
      }
    }
    if let target = lowering.inputGradient(context, 2) {
      lowering.pass(context, sums, to: target, count: channels)
    }
    guard let target = lowering.inputGradient(context, 0) else { return }
    let (output, adds) = (target.tensor, target.adds)
    let count = Float(images * plane)
    lowering.emit(
      context, reads: kept + [sums, scale] + (adds ? [output] : []), writes: [output], items: images * channels
    ) { memory, items in
      for item in items {
        let (channel, start) = (item % channels, item * plane)
        let factor = unsafe memory[statistics][channels + channel]
        unsafe normalizationGradient(
          x: memory[x] + start, y: isRectified ? UnsafePointer(memory[y] + start) : nil, dy: memory[dy] + start,
          dx: memory[output] + start, mean: memory[statistics][channel], scale: memory[scale][channel] * factor,
          shift: memory[sums][channel] / count,
          slope: memory[sums][channels + channel] * factor * factor / count, adding: adds, count: plane)
      }
    }
  }
}
