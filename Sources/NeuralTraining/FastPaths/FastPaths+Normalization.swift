internal import Neural
internal import NeuralKernels

extension FastPaths {
  /// Normalisation with the statistics of the batch, and the rectifier behind it, on blocked maps.
  static func normalization(
    _ context: NodeContext, _ lowering: inout TrainingLowering
  ) throws(ModelError) -> Backward? {
    guard isBlocked(context, 0, lowering), let norm = try BlockedNormalization(context) else { return nil }
    return try norm.lower(context, &lowering)
  }
}

/// Kept for the backward pass: the input, and mean, scale and shift of each channel, from which the result is computed
/// anew where the rectifier's side is asked for.
private struct BlockedNormalization {
  private let epsilon: Double
  private let momentum: Float
  private let isRectified: Bool

  init?(_ context: NodeContext) throws(ModelError) {
    let shape = try context.shape(0)
    guard shape[0] * shape.inner(1) > 1 else { return nil }
    switch context.node.activation {
    case .none: isRectified = false
    case .function(.relu): isRectified = true
    default: return nil
    }
    epsilon = Double(try context.float("epsilon", default: 1e-5))
    momentum = try context.float("momentum", default: 0.9)
  }

  /// Places in the block of eight of `lanes`: 0 mean, 8 scale, 16 shift, 24 one over the deviation.
  private static let laneFloats = 32

  func lower(_ context: NodeContext, _ lowering: inout TrainingLowering) throws(ModelError) -> Backward {
    let x = lowering.forward.blockedInput(try context.floating(0))
    let scale = try lowering.input(context, 1)
    let bias = try lowering.input(context, 2)
    let parts = lowering.forward.temporary([x.images * x.blocks, 16])
    lowering.emit(
      context, reads: [x.tensor], writes: [parts], items: x.images * x.blocks, multiplyAdds: 2 * x.elements
    ) { memory, items in
      for item in items {
        unsafe blockMoments(memory[x.tensor] + item * x.blockFloats, pixels: x.pixels, memory[parts] + item * 16)
      }
    }
    let lanes = lowering.forward.temporary([x.blocks, Self.laneFloats])
    emitLanes(context, &lowering, x, parts, scale, bias, lanes)
    let y = lowering.forward.blockedOutput(context)
    let isRectified = isRectified
    lowering.emit(
      context, reads: [x.tensor, lanes], writes: [y.tensor], items: x.images * x.blocks
    ) { memory, items in
      for item in items {
        unsafe normalizeBlock(
          memory[x.tensor] + item * x.blockFloats, Self.lanes(memory[lanes], block: item % x.blocks),
          rectifies: isRectified, pixels: x.pixels, memory[y.tensor] + item * y.blockFloats)
      }
    }
    return { lowering throws(ModelError) in try emitGradients(context, &lowering, x, lanes) }
  }

  @unsafe private static func lanes(_ base: UnsafePointer<Float>, block: Int) -> LaneNormalization {
    let from = unsafe base + block * laneFloats
    return LaneNormalization(
      mean: unsafe vector(from), scale: unsafe vector(from + 8), shift: unsafe vector(from + 16))
  }

  @unsafe private static func vector(_ base: UnsafePointer<Float>) -> SIMD8<Float> {
    var vector = SIMD8<Float>()
    for lane in 0..<8 { vector[lane] = unsafe base[lane] }
    return vector
  }

  /// Joins the images' moments, moves the running statistics, and makes what normalises each channel.
  private func emitLanes(
    _ context: NodeContext, _ lowering: inout TrainingLowering, _ x: BlockedTensor, _ parts: TensorID,
    _ scale: TensorID, _ bias: TensorID, _ lanes: TensorID
  ) {
    let (epsilon, momentum) = (epsilon, momentum)
    let means = lowering.buffer(context, 3)
    let variances = lowering.buffer(context, 4)
    let running = [means, variances].compactMap(\.self)
    let count = Double(x.images * x.pixels)
    lowering.emit(
      context, reads: [parts, scale, bias] + running, writes: [lanes] + running, items: x.blocks, scratchPerWorker: 16
    ) { memory, items in
      for block in items {
        unsafe joinMoments(
          memory[parts] + block * 16, stride: x.blocks * 16, images: x.images, pixels: x.pixels,
          mean: memory.scratch, variance: memory.scratch + 8)
        let target = unsafe memory[lanes] + block * Self.laneFloats
        for lane in 0..<8 {
          let channel = block * 8 + lane
          guard channel < x.channels else {
            // Lanes beyond the channels stay zero.
            for place in 0..<4 { unsafe target[place * 8 + lane] = 0 }
            continue
          }
          let mean = unsafe memory.scratch[lane]
          let variance = unsafe Double(memory.scratch[8 + lane])
          let factor = Float(1 / (variance + epsilon).squareRoot())
          unsafe target[lane] = mean
          unsafe target[8 + lane] = memory[scale][channel] * factor
          unsafe target[16 + lane] = memory[bias][channel]
          unsafe target[24 + lane] = factor
          if let means { unsafe memory[means][channel] = momentum * memory[means][channel] + (1 - momentum) * mean }
          if let variances {
            let unbiased = Float(variance * count / (count - 1))
            unsafe memory[variances][channel] = momentum * memory[variances][channel] + (1 - momentum) * unbiased
          }
        }
      }
    }
  }

  private func emitGradients(
    _ context: NodeContext, _ lowering: inout TrainingLowering, _ x: BlockedTensor, _ lanes: TensorID
  ) throws(ModelError) {
    guard let dy = lowering.blockedOutputGradient(context) else { return }
    let isRectified = isRectified
    // Of each block of each image Σ dz and Σ dz · (x − mean); their sums over the images replace those of the first.
    let sums = lowering.forward.temporary([x.images * x.blocks, 16])
    lowering.emit(
      context, reads: [x.tensor, dy.tensor, lanes], writes: [sums], items: x.images * x.blocks,
      multiplyAdds: x.elements
    ) { memory, items in
      for item in items {
        unsafe normalizationSums(
          x: memory[x.tensor] + item * x.blockFloats, dy: memory[dy.tensor] + item * dy.blockFloats,
          Self.lanes(memory[lanes], block: item % x.blocks), rectifies: isRectified, pixels: x.pixels,
          memory[sums] + item * 16)
      }
    }
    lowering.emit(context, reads: [sums], writes: [sums], items: x.blocks) { memory, items in
      for block in items {
        for place in 0..<16 {
          var sum = 0.0
          for image in 0..<x.images { sum += unsafe Double(memory[sums][(image * x.blocks + block) * 16 + place]) }
          unsafe memory[sums][block * 16 + place] = Float(sum)
        }
      }
    }
    // Scale: Σ dz · (x − mean) over the deviation; bias: Σ dz.
    for index in [1, 2] where lowering.wantsGradient(context, index) {
      try lowering.writingGradient(context, index, shape: [x.channels]) { target, lowering throws(ModelError) in
        lowering.emit(context, reads: [sums, lanes], writes: [target], items: 1) { memory, _ in
          for channel in 0..<x.channels {
            let (block, lane) = (channel / 8, channel % 8)
            unsafe memory[target][channel] =
              index == 2
              ? memory[sums][block * 16 + lane]
              : memory[sums][block * 16 + 8 + lane] * memory[lanes][block * Self.laneFloats + 24 + lane]
          }
        }
      }
    }
    guard let (dx, adds) = lowering.blockedInputGradient(context, 0) else { return }
    let count = Float(x.images * x.pixels)
    lowering.emit(
      context, reads: [x.tensor, dy.tensor, sums, lanes] + (adds ? [dx.tensor] : []), writes: [dx.tensor],
      items: x.images * x.blocks
    ) { memory, items in
      for item in items {
        let block = item % x.blocks
        let factor = unsafe Self.vector(memory[lanes] + block * Self.laneFloats + 24)
        unsafe normalizationGradient(
          x: memory[x.tensor] + item * x.blockFloats, dy: memory[dy.tensor] + item * dy.blockFloats,
          Self.lanes(memory[lanes], block: block), offset: Self.vector(memory[sums] + block * 16) / count,
          slope: Self.vector(memory[sums] + block * 16 + 8) * factor * factor / count, rectifies: isRectified,
          adding: adds, pixels: x.pixels, memory[dx.tensor] + item * dx.blockFloats)
      }
    }
  }
}
