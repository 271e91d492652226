internal import NeuralKernels

extension Operators {
  static let joins: [String: OperatorDefinition] = [
    "Concat": OperatorDefinition(
      infer: { context throws(ModelError) in
        let first = try context.operand(0)
        let axis = try concatenationAxis(context)
        var size = 0
        for index in context.operands.indices {
          let shape = try context.shape(index)
          guard shape.rank == first.shape.rank, shape.replacing(axis, with: 0) == first.shape.replacing(axis, with: 0)
          else { throw context.failure("\(shape) does not line up with \(first.shape) along axis \(axis)") }
          size += shape[axis]
        }
        return [TensorType(first.shape.replacing(axis, with: size), first.type.elementType)]
      },
      evaluate: { context throws(ModelError) in
        var parts: [(values: [Int64], line: Int)] = []
        let axis = try concatenationAxis(context)
        for index in context.operands.indices {
          let operand = try context.operand(index)
          guard let values = operand.constant?.integers else { return [] }
          parts.append((values, operand.shape[axis] * operand.shape.inner(axis)))
        }
        let output = context.outputs[0]
        let values = (0..<output.shape.outer(axis)).flatMap { line in
          parts.flatMap { $0.values[line * $0.line..<(line + 1) * $0.line] }
        }
        return [Tensor(output.shape, integers: values, elementType: output.elementType)]
      },
      lower: { context, lowering throws(ModelError) in
        let axis = try concatenationAxis(context)
        let output = context.outputs[0].shape
        let lines = output.outer(axis)
        let inner = output.inner(axis)
        let stride = output[axis] * inner
        var parts: [TensorID] = []
        for index in context.operands.indices { parts.append(lowering.input(try context.floating(index))) }
        let y = lowering.output(context)
        var start = 0
        for (index, part) in parts.enumerated() {
          let line = try context.shape(index)[axis] * inner
          defer { start += line }
          // One line means each part lies whole inside the result: its maker can write it there.
          let isOnly = parts.filter { $0 == part }.count == 1
          if line == 0 || (lines == 1 && isOnly && lowering.place(part, inside: y, offset: start)) { continue }
          let begin = start
          lowering.emit(context, reads: [part], writes: [y], items: lines) { memory, items in
            for item in items {
              unsafe copyStrided(
                memory[part] + item * line, step: 1, to: memory[y] + item * stride + begin, count: line)
            }
          }
        }
      })
  ]

  private static func concatenationAxis(_ context: NodeContext) throws(ModelError) -> Int {
    guard let axis = try context.int("axis") else {
      throw context.failure(.malformed, "its axis is missing; export the model again")
    }
    return try context.axis(axis, rank: try context.shape(0).rank)
  }
}
