internal import Neural
internal import NeuralKernels

extension TrainingRules {
  static let convolutions: [String: TrainingRule] = [
    "Conv": .asInInference { context, lowering throws(ModelError) in
      let product = UnrolledProduct(try Convolution(context))
      guard let dy = lowering.outputGradient(context) else { return }
      if lowering.wantsGradient(context, 1) {
        let x = try lowering.input(context, 0)
        if let target = lowering.inputGradient(context, 1) {
          product.emitWeightGradient(context, &lowering, narrowMap: dy, wideMap: x, to: target)
        }
      }
      emitBiasGradient(context, &lowering, dy)
      if lowering.wantsGradient(context, 0) {
        let weights = try lowering.input(context, 1)
        if let target = lowering.inputGradient(context, 0) {
          product.emitWidening(context, &lowering, weights: weights, source: dy, to: target)
        }
      }
    },
    "ConvTranspose": .asInInference { context, lowering throws(ModelError) in
      let product = UnrolledProduct(try Neural.TransposedConvolution(context))
      guard let dy = lowering.outputGradient(context) else { return }
      if lowering.wantsGradient(context, 1) {
        let x = try lowering.input(context, 0)
        if let target = lowering.inputGradient(context, 1) {
          product.emitWeightGradient(context, &lowering, narrowMap: x, wideMap: dy, to: target)
        }
      }
      emitBiasGradient(context, &lowering, dy)
      if lowering.wantsGradient(context, 0) {
        let weights = try lowering.input(context, 1)
        if let target = lowering.inputGradient(context, 0) {
          product.emitNarrowing(context, &lowering, weights: weights, source: dy, to: target)
        }
      }
    },
  ]

  /// The bias of a channel gets the sum of the channel's gradients.
  private static func emitBiasGradient(_ context: NodeContext, _ lowering: inout TrainingLowering, _ dy: TensorID) {
    guard let target = lowering.inputGradient(context, 2) else { return }
    let shape = context.outputs[0].shape
    let (batch, channels, plane) = (shape[0], shape[1], shape.inner(1))
    let (output, adds) = (target.tensor, target.adds)
    lowering.emit(
      context, reads: [dy] + (adds ? [output] : []), writes: [output], items: channels, multiplyAdds: shape.count
    ) { memory, items in
      for channel in items {
        var sum = 0.0
        for image in 0..<batch {
          sum += unsafe lineSum(memory[dy] + (image * channels + channel) * plane, count: plane)
        }
        unsafe memory[output][channel] = Float(sum) + (adds ? memory[output][channel] : 0)
      }
    }
  }
}
