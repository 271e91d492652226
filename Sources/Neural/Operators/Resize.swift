internal import NeuralKernels

extension Operators {
  package static let resizings: [String: OperatorDefinition] = [
    "Resize": OperatorDefinition(
      infer: { context throws(ModelError) in [TensorType(try Resize(context).output)] },
      lower: { context, lowering throws(ModelError) in try Resize(context).lower(context, &lowering) })
  ]
}

/// A resampling with all sizes resolved: one axis after the other, as every mode is separable.
package struct Resize {
  package let output: Shape
  package let axes: [ResampledAxis]
  private let extrapolation: Float

  package init(_ context: NodeContext) throws(ModelError) {
    let shape = try context.floating(0).shape
    let named = try context.axes(try context.ints("axes") ?? Array(0..<shape.rank), rank: shape.rank)
    let method = try ResampleMethod(context)
    extrapolation = try context.float("extrapolation_value", default: 0)
    var regions = [(start: Double, end: Double)](repeating: (0, 1), count: shape.rank)
    if method.coordinates == .cropAndResize {
      guard let values = try context.constantFloats(1), values.count == 2 * named.count else {
        throw context.failure("its region does not name a start and an end for each axis")
      }
      for (index, axis) in named.enumerated() {
        regions[axis] = (Double(values[index]), Double(values[index + named.count]))
      }
    }
    var scales = [Double](repeating: 1, count: shape.rank)
    var sizes = shape.dimensions
    if let given = try context.constantFloats(2), !given.isEmpty {
      guard given.count == named.count, given.allSatisfy({ $0 > 0 && $0 < 65536 }) else {
        throw context.failure("scales \(given) do not fit axes \(named) of \(shape)")
      }
      for (index, axis) in named.enumerated() {
        scales[axis] = Double(given[index])
        let extent = Float(regions[axis].end - regions[axis].start)
        let size = (Float(shape[axis]) * extent * given[index]).rounded(.down)
        guard size >= 0, size < Float(Limits.elements) else {
          throw context.failure(.tooLarge, "scales \(given) make an axis of \(size) elements; give a smaller input")
        }
        sizes[axis] = Int(size)
      }
    } else if let wanted = try context.integers(3) {
      guard wanted.count == named.count, wanted.allSatisfy({ $0 > 0 }), shape.dimensions.allSatisfy({ $0 > 0 }) else {
        throw context.failure("sizes \(wanted) do not fit axes \(named) of \(shape)")
      }
      for (index, axis) in named.enumerated() {
        scales[axis] = Double(wanted[index]) / Double(shape[axis])
        sizes[axis] = wanted[index]
      }
      let policy = try context.string("keep_aspect_ratio_policy", default: "stretch")
      let ratios = named.map { scales[$0] }
      if policy != "stretch", let common = policy == "not_larger" ? ratios.min() : ratios.max() {
        for axis in named {
          scales[axis] = common
          sizes[axis] = Int(min(common * Double(shape[axis]) + 0.5, Double(Limits.elements)))
        }
      }
    } else {
      throw context.failure(.malformed, "neither scales nor sizes are given; export the model again")
    }
    output = try Limits.shape(sizes, of: context.node.role)
    var axes: [ResampledAxis] = []
    for axis in named where sizes[axis] != shape[axis] || scales[axis] != 1 || method.coordinates == .cropAndResize {
      guard shape[axis] > 0 else { throw context.failure("an empty axis cannot be resized") }
      let taps = method.widestReach(scale: scales[axis])
      guard taps * sizes[axis] <= Limits.foldedElements else {
        throw context.failure(.tooLarge, "axis \(axis) needs \(taps) neighbours for each element; shrink less at once")
      }
      axes.append(
        method.axis(
          axis, inputs: shape[axis], outputs: sizes[axis], scale: scales[axis], region: regions[axis]))
    }
    self.axes = axes
  }

  package func lower(_ context: NodeContext, _ lowering: inout Lowering) throws(ModelError) {
    let shape = try context.shape(0)
    let x = lowering.input(try context.operand(0))
    guard !axes.isEmpty else { return lowering.alias(context, to: x) }
    if axes.allSatisfy({ $0.taps == 1 && !$0.outside.contains(true) }) {
      var positions = shape.dimensions.map { Array(0..<$0) }
      for axis in axes { positions[axis.axis] = axis.indices }
      return ElementMap(of: shape, positions: positions).lower(context, &lowering, from: x)
    }
    var (source, current) = (x, shape)
    for (index, axis) in axes.enumerated() {
      let next = current.replacing(axis.axis, with: axis.outside.count)
      let isLast = index == axes.count - 1
      let target = isLast ? lowering.output(context) : lowering.temporary(next)
      let inner = current.inner(axis.axis)
      let (from, to) = (current[axis.axis] * inner, next[axis.axis] * inner)
      let read = source
      lowering.emit(
        context, reads: [read], writes: [target], items: to == 0 ? 0 : current.outer(axis.axis)
      ) { memory, items in
        for item in items {
          unsafe resampleAxis(
            memory[read] + item * from, memory[target] + item * to, indices: axis.indices, weights: axis.weights,
            taps: axis.taps, positions: axis.outside.count, inner: inner)
        }
      }
      (source, current) = (target, next)
    }
    fillOutside(context, &lowering, source)
  }

  /// Elements whose place lies outside the input on any axis get the extrapolation value.
  private func fillOutside(_ context: NodeContext, _ lowering: inout Lowering, _ y: TensorID) {
    let (output, extrapolation) = (output, extrapolation)
    for axis in axes where axis.outside.contains(true) {
      let inner = output.inner(axis.axis)
      lowering.emit(context, reads: [y], writes: [y], items: output.outer(axis.axis)) { memory, items in
        for item in items {
          for (position, isOutside) in axis.outside.enumerated() where isOutside {
            unsafe (memory[y] + (item * axis.outside.count + position) * inner).update(
              repeating: extrapolation, count: inner)
          }
        }
      }
    }
  }
}
