internal import Neural

extension TrainingRules {
  static let reductions: [String: TrainingRule] = [
    "ReduceSum": reduction(isMean: false), "ReduceMean": reduction(isMean: true),
  ]

  /// Each element that went into a sum or mean gets its gradient, or its share of it.
  private static func reduction(isMean: Bool) -> TrainingRule {
    .asInInference { context, lowering throws(ModelError) in
      let plan = try ReductionPlan(context)
      guard let dy = lowering.outputGradient(context), let target = lowering.inputGradient(context, 0) else { return }
      let (dx, adds) = (target.tensor, target.adds)
      let (starts, offsets) = (plan.starts, plan.offsets)
      let factor = isMean ? 1 / Float(offsets.count) : 1
      let block = max(1, 4096 / max(offsets.count, 1))
      lowering.emit(
        context, reads: [dy] + (adds ? [dx] : []), writes: [dx], items: (starts.count + block - 1) / block
      ) { memory, items in
        for index in items.lowerBound * block..<min(items.upperBound * block, starts.count) {
          let value = unsafe memory[dy][index] * factor
          for offset in offsets {
            let at = starts[index] + offset
            unsafe memory[dx][at] = adds ? memory[dx][at] + value : value
          }
        }
      }
    }
  }
}
