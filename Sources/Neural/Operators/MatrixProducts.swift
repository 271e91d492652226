internal import NeuralKernels

extension Operators {
  package static let matrixProducts: [String: OperatorDefinition] = [
    "Gemm": OperatorDefinition(
      infer: { context throws(ModelError) in
        let gemm = try Gemm(context)
        return [TensorType([gemm.rows, gemm.columns])]
      },
      lower: { context, lowering throws(ModelError) in try Gemm(context).lower(context, &lowering) },
      appliesActivation: true),
    "MatMul": OperatorDefinition(
      infer: { context throws(ModelError) in [TensorType(try BatchedProduct(context).output)] },
      lower: { context, lowering throws(ModelError) in try BatchedProduct(context).lower(context, &lowering) }),
  ]
}

/// alpha · A · B + beta · C, over two axes.
package struct Gemm {
  package let rows: Int
  package let columns: Int
  package let depth: Int
  package let transposesA: Bool
  package let transposesB: Bool

  package init(_ context: NodeContext) throws(ModelError) {
    let (a, b) = (try context.floating(0).shape, try context.floating(1).shape)
    guard a.rank == 2, b.rank == 2 else { throw context.failure("operands \(a) and \(b) must have two axes") }
    transposesA = try context.flag("transA")
    transposesB = try context.flag("transB")
    (rows, depth) = transposesA ? (a[1], a[0]) : (a[0], a[1])
    columns = transposesB ? b[0] : b[1]
    guard depth == (transposesB ? b[1] : b[0]) else {
      throw context.failure(
        "a product of \(a) and \(b) does not fit: \(depth) columns against \(transposesB ? b[1] : b[0]) rows")
    }
    if let c = context.optional(2), Broadcast.shape(c.shape, [rows, columns]) != [rows, columns] {
      throw context.failure("bias \(c.shape) does not broadcast to \(Shape([rows, columns]))")
    }
  }

  package func lower(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) {
    let (aShape, bShape) = (try context.shape(0), try context.shape(1))
    let a = lowering.input(try context.operand(0))
    let b = lowering.input(try context.operand(1))
    let alpha = try context.float("alpha", default: 1)
    let beta = try context.float("beta", default: 1)
    let bias = try context.optional(2).map { operand throws(ModelError) in (lowering.input(operand), operand.shape) }
    let plan = Broadcast([bias?.1 ?? []], to: [rows, columns])
    let finish = try MatrixFinish(context, columns: columns, &lowering)
    let y = lowering.output(context)
    guard rows > 0, columns > 0 else { return }
    let (columns, depth, transposesA, transposesB) = (columns, depth, transposesA, transposesB)
    let rows = rows
    // Bands of columns divide the work even for a single row, and each reads its own part of B.
    let band = max(64, (columns + 7) / 8)
    lowering.emit(
      context, reads: [a, b] + (bias.map { [$0.0] } ?? []) + finish.tensors, writes: [y],
      items: (columns + band - 1) / band, multiplyAdds: rows * columns * depth
    ) { memory, items in
      for item in items {
        let range = item * band..<min((item + 1) * band, columns)
        let out = unsafe memory[y] + range.lowerBound
        if let bias, beta != 0 {
          for row in 0..<rows {
            for column in range {
              let index = row * columns + column
              let source = plan.offset(0, line: index / plan.line) + index % plan.line * plan.step(0)
              unsafe out[row * columns + column - range.lowerBound] = memory[bias.0][source] * beta
            }
          }
        }
        unsafe matrixProduct(
          rows: rows, columns: range.count, depth: depth, a: memory[a], aStride: aShape[1], aTransposed: transposesA,
          b: memory[b] + range.lowerBound * (transposesB ? bShape[1] : 1), bStride: bShape[1],
          bTransposed: transposesB, c: out, cStride: columns, scale: alpha,
          adding: bias != nil && beta != 0 ? 1 : 0)
        unsafe finish.apply(memory, out, rows: rows, columns: range, stride: columns)
      }
    }
  }
}

/// The activation after a matrix product whose columns are channels.
private struct MatrixFinish: Sendable {
  private let slopes: TensorID?
  private let function: ElementFunction

  var tensors: [TensorID] { [slopes].compactMap(\.self) }

  init(_ context: NodeContext, columns: Int, _ lowering: inout Lowering) throws(ModelError) {
    switch context.node.activation {
    case .function(let function):
      self.function = function
      slopes = nil
    case .slopes:
      guard let storage = context.slopes?.floatStorage, storage.count == columns else {
        throw context.failure("the PRelu after it needs one slope for each of \(columns) columns")
      }
      function = .identity
      slopes = lowering.constant(storage, [columns])
    }
  }

  @unsafe func apply(
    _ memory: Memory, _ values: UnsafeMutablePointer<Float>, rows: Int, columns: Range<Int>, stride: Int
  ) {
    for row in 0..<rows {
      let line = unsafe values + row * stride
      if let slopes {
        unsafe combine(.prelu, line, 1, memory[slopes] + columns.lowerBound, 1, line, count: columns.count)
      } else if function != .identity {
        unsafe NeuralKernels.apply(function, line, line, count: columns.count)
      }
    }
  }
}

/// NumPy's matmul: products of the last two axes, broadcast over the others.
package struct BatchedProduct {
  package let output: Shape
  package let rows: Int
  package let columns: Int
  package let depth: Int
  package let batches: Broadcast

  package init(_ context: NodeContext) throws(ModelError) {
    let (a, b) = (try context.floating(0).shape, try context.floating(1).shape)
    guard a.rank > 0, b.rank > 0 else {
      throw context.failure("a product of \(a) and \(b) needs at least one axis each")
    }
    // A vector is a row on the left and a column on the right; its axis of size 1 is dropped again.
    let left = a.rank == 1 ? [1] + a.dimensions : a.dimensions
    let right = b.rank == 1 ? b.dimensions + [1] : b.dimensions
    (rows, depth) = (left[left.count - 2], left[left.count - 1])
    columns = right[right.count - 1]
    let (aBatch, bBatch) = (Shape(Array(left.dropLast(2))), Shape(Array(right.dropLast(2))))
    guard depth == right[right.count - 2], let batch = Broadcast.shape(aBatch, bBatch) else {
      throw context.failure("shapes \(a) and \(b) do not fit a matrix product")
    }
    output = Shape(batch.dimensions + (a.rank == 1 ? [] : [rows]) + (b.rank == 1 ? [] : [columns]))
    batches = Broadcast([aBatch, bBatch], to: batch)
  }

  package func lower(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) {
    let a = lowering.input(try context.operand(0))
    let b = lowering.input(try context.operand(1))
    let y = lowering.output(context)
    guard output.count > 0 else { return }
    let (rows, columns, depth, batches) = (rows, columns, depth, batches)
    let band = max(16, (rows + 7) / 8)
    let bands = (rows + band - 1) / band
    let count = batches.lines * batches.line
    lowering.emit(
      context, reads: [a, b], writes: [y], items: count * bands, multiplyAdds: count * rows * columns * depth
    ) { memory, items in
      for item in items {
        let (batch, first) = (item / bands, item % bands * band)
        let (line, place) = (batch / batches.line, batch % batches.line)
        let aStart = (batches.offset(0, line: line) + place * batches.step(0)) * rows * depth
        let bStart = (batches.offset(1, line: line) + place * batches.step(1)) * depth * columns
        unsafe matrixProduct(
          rows: min(band, rows - first), columns: columns, depth: depth, a: memory[a] + aStart + first * depth,
          aStride: depth, b: memory[b] + bStart, bStride: columns,
          c: memory[y] + (batch * rows + first) * columns, cStride: columns)
      }
    }
  }
}
