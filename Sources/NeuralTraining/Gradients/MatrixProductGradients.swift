internal import Neural

extension TrainingRules {
  static let matrixProducts: [String: TrainingRule] = [
    "Gemm": .asInInference { context, lowering throws(ModelError) in
      let gemm = try Gemm(context)
      guard let dy = lowering.outputGradient(context) else { return }
      let alpha = try context.float("alpha", default: 1)
      let beta = try context.float("beta", default: 1)
      let (aShape, bShape) = (try context.shape(0), try context.shape(1))
      let y = Matrix(tensor: dy, stride: gemm.columns, isTransposed: false)
      if lowering.wantsGradient(context, 0) {
        let b = Matrix(tensor: try lowering.input(context, 1), stride: bShape[1], isTransposed: gemm.transposesB)
        if let target = lowering.inputGradient(context, 0) {
          // A' = op(A) gets dY · op(B)ᵀ; where A is read transposed, its own rows are the columns of that.
          let (left, right) = gemm.transposesA ? (b, y.transposed) : (y, b.transposed)
          emitProduct(
            context, &lowering, left, right, rows: aShape[0], columns: aShape[1], depth: gemm.columns, scale: alpha,
            to: target)
        }
      }
      if lowering.wantsGradient(context, 1) {
        let a = Matrix(tensor: try lowering.input(context, 0), stride: aShape[1], isTransposed: gemm.transposesA)
        if let target = lowering.inputGradient(context, 1) {
          let (left, right) = gemm.transposesB ? (y.transposed, a) : (a.transposed, y)
          emitProduct(
            context, &lowering, left, right, rows: bShape[0], columns: bShape[1], depth: gemm.rows, scale: alpha,
            to: target)
        }
      }
      if let bias = context.optional(2), let target = lowering.inputGradient(context, 2) {
        emitSum(context, &lowering, dy, from: context.outputs[0].shape, to: target, bias.shape, factor: beta)
      }
    },
    "MatMul": .asInInference { context, lowering throws(ModelError) in
      let product = try BatchedProduct(context)
      guard let dy = lowering.outputGradient(context) else { return }
      let (rows, columns, depth, batches) = (product.rows, product.columns, product.depth, product.batches)
      for side in 0...1 where lowering.wantsGradient(context, side) {
        let other = try lowering.input(context, 1 - side)
        guard let target = lowering.inputGradient(context, side) else { continue }
        let count = try context.shape(side).count
        lowering.clear(context, target, count: count)
        let output = target.tensor
        let batchCount = batches.lines * batches.line
        // Where an operand serves several products, their gradients add up: one after the other.
        let isShared = batchCount * (side == 0 ? rows * depth : depth * columns) != count
        lowering.emit(
          context, reads: [dy, other, output], writes: [output], items: isShared ? 1 : batchCount,
          multiplyAdds: batchCount * rows * columns * depth
        ) { memory, items in
          for batch in isShared ? 0..<batchCount : items {
            let (line, place) = (batch / batches.line, batch % batches.line)
            let a = (batches.offset(0, line: line) + place * batches.step(0)) * rows * depth
            let b = (batches.offset(1, line: line) + place * batches.step(1)) * depth * columns
            let y = unsafe memory[dy] + batch * rows * columns
            if side == 0 {
              unsafe matrixProduct(
                rows: rows, columns: depth, depth: columns, a: y, aStride: columns, b: memory[other] + b,
                bStride: columns, bTransposed: true, c: memory[output] + a, cStride: depth, adding: 1)
            } else {
              unsafe matrixProduct(
                rows: depth, columns: columns, depth: rows, a: memory[other] + a, aStride: depth, aTransposed: true,
                b: y, bStride: columns, c: memory[output] + b, cStride: columns, adding: 1)
            }
          }
        }
      }
    },
  ]

  /// A row-major matrix, perhaps to be read transposed.
  private struct Matrix {
    let tensor: TensorID
    let stride: Int
    let isTransposed: Bool

    var transposed: Matrix { Matrix(tensor: tensor, stride: stride, isTransposed: !isTransposed) }
  }

  /// `target` += or = scale · left · right, in bands of rows.
  private static func emitProduct(
    _ context: NodeContext, _ lowering: inout TrainingLowering, _ left: Matrix, _ right: Matrix, rows: Int,
    columns: Int, depth: Int, scale: Float, to target: GradientTarget
  ) {
    let band = max(16, (rows + 7) / 8)
    let (output, adds) = (target.tensor, target.adds)
    lowering.emit(
      context, reads: [left.tensor, right.tensor] + (adds ? [output] : []), writes: [output],
      items: (rows + band - 1) / band, multiplyAdds: rows * columns * depth
    ) { memory, items in
      for item in items {
        let first = item * band
        unsafe matrixProduct(
          rows: min(band, rows - first), columns: columns, depth: depth,
          a: memory[left.tensor] + first * (left.isTransposed ? 1 : left.stride), aStride: left.stride,
          aTransposed: left.isTransposed, b: memory[right.tensor], bStride: right.stride,
          bTransposed: right.isTransposed, c: memory[output] + first * columns, cStride: columns, scale: scale,
          adding: adds ? 1 : 0)
      }
    }
  }
}
