/// How two or more tensors line up under broadcasting, as nested lines with the innermost axis last.
package struct Broadcast: Sendable {
  package let output: Shape
  /// Sizes of the merged axes of the output, outermost first; at least one.
  package private(set) var sizes: [Int]
  /// For each operand, the distance in elements between neighbours along each merged axis; 0 repeats.
  package private(set) var strides: [[Int]]

  /// The common shape, or nil where two sizes differ and neither is 1.
  package static func shape(_ a: Shape, _ b: Shape) -> Shape? {
    let rank = max(a.rank, b.rank)
    var sizes: [Int] = []
    for axis in 0..<rank {
      let left = axis + a.rank - rank < 0 ? 1 : a[axis + a.rank - rank]
      let right = axis + b.rank - rank < 0 ? 1 : b[axis + b.rank - rank]
      guard left == right || left == 1 || right == 1 else { return nil }
      sizes.append(left == 1 ? right : left)
    }
    return Shape(sizes)
  }

  /// - Precondition: each operand broadcasts to `output`.
  package init(_ operands: [Shape], to output: Shape) {
    self.output = output
    let expanded = operands.map { shape in
      let missing = output.rank - shape.rank
      let own = shape.strides
      return (0..<output.rank).map { axis in
        axis < missing || shape[axis - missing] == 1 ? 0 : own[axis - missing]
      }
    }
    sizes = []
    strides = operands.map { _ in [] }
    for axis in 0..<output.rank where output[axis] != 1 {
      // Two axes merge where, for every operand, a step along the outer one is a whole run along the inner one.
      let merges =
        !sizes.isEmpty
        && operands.indices.allSatisfy { (strides[$0].last ?? 0) == expanded[$0][axis] * output[axis] }
      if merges {
        sizes[sizes.count - 1] *= output[axis]
        for operand in operands.indices { strides[operand][sizes.count - 1] = expanded[operand][axis] }
      } else {
        sizes.append(output[axis])
        for operand in operands.indices { strides[operand].append(expanded[operand][axis]) }
      }
    }
    if sizes.isEmpty {
      sizes = [1]
      strides = operands.map { _ in [0] }
    }
  }

  /// Elements of the innermost merged axis.
  package var line: Int { sizes[sizes.count - 1] }
  /// Number of such lines.
  package var lines: Int { sizes.dropLast().reduce(1, *) }

  package func step(_ operand: Int) -> Int { strides[operand][sizes.count - 1] }

  /// Where line `index` of an operand begins.
  package func offset(_ operand: Int, line index: Int) -> Int {
    var rest = index
    var offset = 0
    for axis in stride(from: sizes.count - 2, through: 0, by: -1) {
      offset += rest % sizes[axis] * strides[operand][axis]
      rest /= sizes[axis]
    }
    return offset
  }
}
