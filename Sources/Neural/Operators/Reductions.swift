internal import NeuralKernels

extension Operators {
  package static let reductions: [String: OperatorDefinition] = [
    "ReduceSum": reduction(.sum, integer: (0, { $0 &+ $1 })),
    "ReduceMean": reduction(.mean),
    "ReduceMax": reduction(.maximum, integer: (.min, { max($0, $1) })),
    "ReduceMin": reduction(.minimum, integer: (.max, { min($0, $1) })),
    "ReduceProd": reduction(.product, integer: (1, { $0 &* $1 })),
    "ReduceL1": reduction(.l1),
    "ReduceL2": reduction(.l2),
    "ReduceSumSquare": reduction(.sumOfSquares),
    "ReduceLogSum": reduction(.logSum),
    "ReduceLogSumExp": reduction(.logSumExp),
  ]

  /// - Parameter integer: start and step over constant integers, where the operator has them.
  private static func reduction(
    _ kind: Reduction, integer: (start: Int64, step: @Sendable (Int64, Int64) -> Int64)? = nil
  ) -> OperatorDefinition {
    OperatorDefinition(
      infer: { context throws(ModelError) in
        let plan = try ReductionPlan(context)
        return [TensorType(plan.output, try context.operand(0).type.elementType)]
      },
      evaluate: { context throws(ModelError) in
        guard let integer, let tensor = try context.operand(0).constant, let values = tensor.integers else { return [] }
        let plan = try ReductionPlan(context)
        let results = plan.starts.map { start in
          plan.offsets.reduce(integer.start) { integer.step($0, values[start + $1]) }
        }
        return [Tensor(plan.output, integers: results, elementType: tensor.elementType)]
      },
      lower: { context, lowering throws(ModelError) in
        let x = lowering.input(try context.floating(0))
        let plan = try ReductionPlan(context)
        let y = lowering.output(context)
        let (starts, offsets) = (plan.starts, plan.offsets)
        let isContiguous = offsets.indices.allSatisfy { offsets[$0] == $0 }
        // Small reductions are handed out many at a time.
        let block = max(1, 4096 / max(offsets.count, 1))
        lowering.emit(context, reads: [x], writes: [y], items: (starts.count + block - 1) / block) { memory, items in
          for index in items.lowerBound * block..<min(items.upperBound * block, starts.count) {
            unsafe memory[y][index] =
              if isContiguous {
                unsafe reduce(kind, memory[x] + starts[index], offsets: nil, count: offsets.count)
              } else {
                unsafe offsets.withUnsafeBufferPointer {
                  unsafe reduce(kind, memory[x] + starts[index], offsets: $0.baseAddress, count: offsets.count)
                }
              }
          }
        }
      })
  }
}

/// Which elements of the input go into each element of the output.
package struct ReductionPlan {
  package let output: Shape
  /// For each output element, the first input element it takes.
  package let starts: [Int]
  /// Where the others lie, from the first.
  package let offsets: [Int]

  package init(_ context: NodeContext) throws(ModelError) {
    let shape = try context.shape(0)
    let listed = try context.list(attribute: "axes", orInput: 1) ?? []
    let isNoop = try context.flag("noop_with_empty_axes")
    let axes = listed.isEmpty ? (isNoop ? [] : Array(0..<shape.rank)) : try context.axes(listed, rank: shape.rank)
    let keepsAxes = try context.flag("keepdims", default: true)
    let strides = shape.strides
    output = Shape(
      shape.dimensions.indices.compactMap { axis in
        axes.contains(axis) ? (keepsAxes ? 1 : nil) : shape[axis]
      })
    starts = Self.offsets(shape.dimensions.indices.filter { !axes.contains($0) }.map { (shape[$0], strides[$0]) })
    offsets = Self.offsets(shape.dimensions.indices.filter(axes.contains).map { (shape[$0], strides[$0]) })
  }

  /// All sums of one multiple of each stride, row-major.
  private static func offsets(_ axes: [(size: Int, stride: Int)]) -> [Int] {
    var offsets = [0]
    for axis in axes {
      offsets = offsets.flatMap { base in (0..<axis.size).map { base + $0 * axis.stride } }
    }
    return offsets
  }
}
