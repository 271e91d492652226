internal import Neural
internal import NeuralKernels

extension TrainingRules {
  static let views: [String: TrainingRule] = {
    var rules: [String: TrainingRule] = ["Dropout": dropout]
    for name in ["Identity", "Flatten", "Reshape", "Squeeze", "Unsqueeze"] {
      rules[name] = .asInInference { context, lowering throws(ModelError) in
        guard let dy = lowering.outputGradient(context), let target = lowering.inputGradient(context, 0) else { return }
        lowering.pass(context, dy, to: target, count: context.outputs[0].shape.count)
      }
    }
    return rules
  }()

  /// Lets each element pass with probability 1 − ratio, 1/(1 − ratio) as large, and is zero otherwise (Srivastava et
  /// al., 2014). Which ones follows from the key of this pass and the element's index alone: the backward pass finds
  /// them again, and threads do not matter.
  private static let dropout = TrainingRule { context, lowering throws(ModelError) in
    let given = context.opset >= 12 ? try context.scalar(1) : try context.float("ratio", default: 0.5)
    let ratio = given ?? 0.5
    guard ratio >= 0, ratio < 1 else { throw context.failure("a ratio of \(ratio) is not in 0..<1") }
    let x = try lowering.input(context, 0)
    let key = try lowering.randomKey(context)
    let y = lowering.forward.output(context)
    let count = context.outputs[0].shape.count
    let scale = 1 / (1 - ratio)
    lowering.emitBlocks(context, count: count, reads: [x, key], writes: [y]) { memory, range in
      let key = unsafe Self.key(memory, key)
      for i in range { unsafe memory[y][i] = passes(i, key, ratio) ? memory[x][i] * scale : 0 }
    }
    return { lowering throws(ModelError) in
      guard let dy = lowering.outputGradient(context), let target = lowering.inputGradient(context, 0) else { return }
      let (dx, adds) = (target.tensor, target.adds)
      lowering.emitBlocks(context, count: count, reads: [dy, key] + (adds ? [dx] : []), writes: [dx]) { memory, range in
        let key = unsafe Self.key(memory, key)
        for i in range {
          let value = passes(i, key, ratio) ? unsafe memory[dy][i] * scale : 0
          unsafe memory[dx][i] = adds ? memory[dx][i] + value : value
        }
      }
    }
  }

  @unsafe private static func key(_ memory: Memory, _ tensor: TensorID) -> UInt64 {
    unsafe UInt64(memory[tensor][0].bitPattern) | UInt64(memory[tensor][1].bitPattern) << 32
  }

  private static func passes(_ index: Int, _ key: UInt64, _ ratio: Float) -> Bool {
    let bits = SeededGenerator.mixed(key &+ UInt64(bitPattern: Int64(index)) &* 0x9E37_79B9_7F4A_7C15)
    return Float(bits >> 40) * 0x1p-24 >= ratio
  }
}
