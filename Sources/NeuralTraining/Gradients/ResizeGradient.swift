internal import Neural
internal import NeuralKernels

extension TrainingRules {
  /// Every element passes its gradient back to those it was mixed from, with the same weights: the axes in reverse.
  static let resizings: [String: TrainingRule] = [
    "Resize": .asInInference { context, lowering throws(ModelError) in
      let resize = try Resize(context)
      guard !resize.axes.contains(where: { $0.outside.contains(true) }) else {
        throw context.failure(.unsupported, "a region that reaches outside the input has no gradient here")
      }
      guard let dy = lowering.outputGradient(context), let target = lowering.inputGradient(context, 0) else { return }
      let shape = try context.shape(0)
      guard !resize.axes.isEmpty else { return lowering.pass(context, dy, to: target, count: shape.count) }
      var (source, current) = (dy, context.outputs[0].shape)
      for (index, axis) in resize.axes.reversed().enumerated() {
        let next = current.replacing(axis.axis, with: shape[axis.axis])
        let isLast = index == resize.axes.count - 1
        let dx = isLast ? target.tensor : lowering.forward.temporary(next)
        let adds = isLast && target.adds
        let inner = current.inner(axis.axis)
        let (from, to) = (current[axis.axis] * inner, next[axis.axis] * inner)
        let read = source
        lowering.emit(
          context, reads: [read] + (adds ? [dx] : []), writes: [dx], items: current.outer(axis.axis)
        ) { memory, items in
          for item in items {
            let line = unsafe memory[dx] + item * to
            if !adds { unsafe line.update(repeating: 0, count: to) }
            unsafe resampleAxisGradient(
              memory[read] + item * from, line, indices: axis.indices, weights: axis.weights, taps: axis.taps,
              positions: axis.outside.count, inner: inner)
          }
        }
        (source, current) = (dx, next)
      }
    }
  ]
}
