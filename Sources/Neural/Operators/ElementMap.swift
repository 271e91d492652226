internal import NeuralKernels

/// A rearrangement in which every output element is one input element, or a fill value.
///
/// The input offset is a sum of one term per output axis, looked up in that axis's table. Slices, transpositions,
/// padding of every kind, gathers with known indices, tilings and nearest-neighbour enlargements all have this form.
package struct ElementMap: Sendable {
  /// Marks a position outside the input.
  package static let outside = -1

  package let output: Shape
  /// For each output axis, the term of each position along it, or `outside`.
  package let tables: [[Int]]

  package init(output: Shape, tables: [[Int]]) {
    precondition(tables.count == output.rank && zip(tables, output.dimensions).allSatisfy { $0.count == $1 })
    self.output = output
    self.tables = tables
  }

  /// Takes positions `positions[axis]` of each axis of `input`, in the same order of axes.
  package init(of input: Shape, positions: [[Int]]) {
    let strides = input.strides
    self.init(
      output: Shape(positions.map(\.count)),
      tables: positions.indices.map { axis in
        positions[axis].map { $0 == Self.outside ? Self.outside : $0 * strides[axis] }
      })
  }

  /// The same rearrangement with as few axes as it needs, so that lines are long.
  package func merged() -> ElementMap {
    var merged: [[Int]] = []
    for table in tables where table.count != 1 || table[0] != 0 {
      if let last = merged.last, let joined = Self.join(last, table) {
        merged[merged.count - 1] = joined
      } else {
        merged.append(table)
      }
    }
    if merged.isEmpty { merged = [[0]] }
    return ElementMap(output: Shape(merged.map(\.count)), tables: merged)
  }

  /// One table for two neighbouring axes, where both run evenly and the inner one continues the outer one's steps.
  private static func join(_ outer: [Int], _ inner: [Int]) -> [Int]? {
    guard let inStep = step(inner), let outStep = step(outer), inner.count * outer.count <= Limits.foldedElements,
      outer.count == 1 || outStep == inStep * inner.count
    else { return nil }
    return outer.flatMap { base in inner.map { base + $0 } }
  }

  /// The distance between neighbours where it is the same throughout.
  package static func step(_ table: [Int]) -> Int? {
    guard let first = table.first, !table.contains(outside) else { return nil }
    guard table.count > 1 else { return 1 }
    let step = table[1] - first
    for i in 1..<table.count where table[i] - table[i - 1] != step { return nil }
    return step
  }

  /// Rearranges values while planning.
  package func apply<T>(_ values: [T], fill: T) -> [T] {
    var result: [T] = []
    result.reserveCapacity(output.count)
    var offsets = [0]
    // Axis by axis from the outermost: every partial sum, in row-major order.
    for table in tables {
      offsets = offsets.flatMap { base in
        table.map { base == Self.outside || $0 == Self.outside ? Self.outside : base + $0 }
      }
    }
    for offset in offsets { result.append(offset == Self.outside ? fill : values[offset]) }
    return result
  }

  package func lower(
    _ context: NodeContext, _ lowering: inout Lowering, from x: TensorID, output index: Int = 0, fill: Float = 0
  ) {
    let y = lowering.output(context, index)
    guard output.count > 0 else { return }
    let map = merged()
    let inner = map.tables[map.tables.count - 1]
    let outer = Array(map.tables.dropLast())
    let step = Self.step(inner)
    let line = inner.count
    let first = inner[0]
    let lines = map.output.count / line
    lowering.emit(context, reads: [x], writes: [y], items: lines) { memory, items in
      for item in items {
        let target = unsafe memory[y] + item * line
        let start = Self.offset(of: item, in: outer)
        if start == Self.outside {
          unsafe target.update(repeating: fill, count: line)
        } else if let step {
          unsafe copyStrided(memory[x] + start + first, step: step, to: target, count: line)
        } else {
          let source = unsafe memory[x] + start
          for (index, term) in inner.enumerated() {
            unsafe target[index] = term == Self.outside ? fill : source[term]
          }
        }
      }
    }
  }

  package static func offset(of line: Int, in tables: [[Int]]) -> Int {
    var rest = line
    var offset = 0
    for axis in stride(from: tables.count - 1, through: 0, by: -1) {
      let count = tables[axis].count
      let term = tables[axis][rest % count]
      if term == outside { return outside }
      offset += term
      rest /= count
    }
    return offset
  }
}

extension OperatorDefinition {
  /// An operator that rearranges its first input.
  package static func movement(
    fill: @escaping @Sendable (NodeContext) throws(ModelError) -> Float = { _ in 0 },
    output: (@Sendable (NodeContext, ElementMap) throws(ModelError) -> Shape)? = nil,
    _ map: @escaping @Sendable (NodeContext) throws(ModelError) -> ElementMap
  ) -> OperatorDefinition {
    OperatorDefinition(
      infer: { context throws(ModelError) in
        let map = try map(context)
        return [TensorType(try output?(context, map) ?? map.output, try context.operand(0).type.elementType)]
      },
      evaluate: { context throws(ModelError) in
        guard let tensor = try context.operand(0).constant else { return [] }
        let map = try map(context)
        let fill = try fill(context)
        switch tensor.storage {
        case .integers(let values):
          return [
            Tensor(
              context.outputs[0].shape, tensor.elementType, .integers(map.apply(values, fill: Int64(clamping: fill))))
          ]
        case .floats(let storage):
          return [
            Tensor(
              context.outputs[0].shape, tensor.elementType, .floats(FloatStorage(map.apply(storage.values, fill: fill)))
            )
          ]
        }
      },
      lower: { context, lowering throws(ModelError) in
        let x = lowering.input(try context.floating(0))
        try map(context).lower(context, &lowering, from: x, fill: try fill(context))
      },
      elementMap: map)
  }
}

extension Int64 {
  /// The nearest integer; 0 for NaN.
  package init(clamping value: Float) {
    self = value.isNaN ? 0 : value <= -0x1p63 ? .min : value >= 0x1p63 ? .max : Int64(value)
  }
}
