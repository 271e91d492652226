internal import Neural
internal import NeuralKernels

extension TrainingRules {
  /// Operators that move elements: each element of the output passes its gradient back to where it came from.
  static let movements: [String: TrainingRule] = [
    "Transpose", "Slice", "Pad", "Tile", "Expand", "Gather", "DepthToSpace", "SpaceToDepth",
  ].reduce(into: [:]) { rules, name in rules[name] = movement }

  private static let movement = TrainingRule.asInInference { context, lowering throws(ModelError) in
    guard let map = try Operators.definition(of: context.node).elementMap?(context).merged() else {
      preconditionFailure("\(context.node.operation) moves no elements")
    }
    guard let dy = lowering.outputGradient(context), let target = lowering.inputGradient(context, 0) else { return }
    lowering.clear(context, target, count: try context.shape(0).count)
    guard map.output.count > 0 else { return }
    let dx = target.tensor
    let inner = map.tables[map.tables.count - 1]
    let outer = Array(map.tables.dropLast())
    let line = inner.count
    let lines = map.output.count / line
    // An element may have gone to several places: one worker, in order.
    lowering.emit(context, reads: [dy, dx], writes: [dx], items: 1) { memory, _ in
      for item in 0..<lines {
        let start = ElementMap.offset(of: item, in: outer)
        guard start != ElementMap.outside else { continue }
        let from = unsafe memory[dy] + item * line
        for (i, term) in inner.enumerated() where term != ElementMap.outside {
          unsafe memory[dx][start + term] += from[i]
        }
      }
    }
  }

  static let joins: [String: TrainingRule] = [
    "Concat": .asInInference { context, lowering throws(ModelError) in
      guard let dy = lowering.outputGradient(context) else { return }
      let output = context.outputs[0].shape
      let axis = try context.axis(try context.int("axis") ?? 0, rank: output.rank)
      let (lines, inner) = (output.outer(axis), output.inner(axis))
      let stride = output[axis] * inner
      var start = 0
      for index in context.operands.indices {
        let line = try context.shape(index)[axis] * inner
        let begin = start
        start += line
        guard line > 0, let target = lowering.inputGradient(context, index) else { continue }
        let (dx, adds) = (target.tensor, target.adds)
        lowering.emit(context, reads: [dy] + (adds ? [dx] : []), writes: [dx], items: lines) { memory, items in
          for item in items {
            unsafe scaleInto(
              memory[dy] + item * stride + begin, memory[dx] + item * line, factor: 1, adding: adds, count: line)
          }
        }
      }
    },
    "Split": .asInInference { context, lowering throws(ModelError) in
      let shape = try context.shape(0)
      let axis = try context.axis(try context.int("axis") ?? 0, rank: shape.rank)
      let (lines, inner) = (shape.outer(axis), shape.inner(axis))
      let stride = shape[axis] * inner
      let gradients = context.node.outputs.indices.map { lowering.outputGradient(context, $0) }
      guard let target = lowering.inputGradient(context, 0) else { return }
      lowering.clear(context, target, count: shape.count)
      let dx = target.tensor
      var start = 0
      for (index, dy) in gradients.enumerated() {
        let line = context.outputs[index].shape[axis] * inner
        let begin = start
        start += line
        guard line > 0, let dy else { continue }
        lowering.emit(context, reads: [dy, dx], writes: [dx], items: lines) { memory, items in
          for item in items {
            unsafe scaleInto(
              memory[dy] + item * line, memory[dx] + item * stride + begin, factor: 1, adding: true, count: line)
          }
        }
      }
    },
  ]
}
