internal import NeuralKernels

extension Operators {
  static let poolings: [String: OperatorDefinition] = [
    "MaxPool": OperatorDefinition(
      infer: { context throws(ModelError) in
        guard context.node.outputs.dropFirst().allSatisfy({ $0 == nil }) else {
          throw context.failure(.unsupported, "its second output (indices) is not supported; remove it from the model")
        }
        let input = try context.floating(0).shape
        let spatial = try SpatialWindow(context, input: input)
        return [TensorType(Shape(input.dimensions[..<2] + spatial.outputSizes))]
      },
      lower: { context, lowering throws(ModelError) in
        let input = try context.floating(0)
        let window = try SpatialWindow(context, input: input.shape).window
        let isHalving =
          window.kernel == SIMD3(1, 2, 2) && window.stride == SIMD3(1, 2, 2) && window.padding == SIMD3(0, 0, 0)
          && window.output.y * 2 <= window.input.y && window.output.z * 2 <= window.input.z
          && window.dilation == SIMD3(1, 1, 1) && window.input.x == 1
        unsafe lowerPlanes(context, &lowering, input, window) { source, target in
          if isHalving {
            unsafe maxPoolPlane2x2(
              input: source, inputWidth: window.input.z, output: target, height: window.output.y,
              width: window.output.z)
          } else {
            unsafe maxPoolPlane(window, input: source, output: target)
          }
        }
      }),
    "AveragePool": OperatorDefinition(
      infer: { context throws(ModelError) in
        let input = try context.floating(0).shape
        let spatial = try SpatialWindow(context, input: input)
        return [TensorType(Shape(input.dimensions[..<2] + spatial.outputSizes))]
      },
      lower: { context, lowering throws(ModelError) in
        let input = try context.floating(0)
        let spatial = try SpatialWindow(context, input: input.shape)
        let window = spatial.window
        let countsPadding = try context.flag("count_include_pad")
        let end = window.input &+ window.padding &+ spatial.paddingAfter
        unsafe lowerPlanes(context, &lowering, input, window) { source, target in
          unsafe averagePoolPlane(
            window, countingPadding: countsPadding, paddedEnd: end, input: source, output: target)
        }
      }),
    "GlobalAveragePool": unsafe global { window, source, target in
      unsafe averagePoolPlane(
        window, countingPadding: false, paddedEnd: window.input, input: source, output: target)
    },
    "GlobalMaxPool": unsafe global { window, source, target in
      unsafe maxPoolPlane(window, input: source, output: target)
    },
  ]

  /// A pooling whose window is the whole plane, whatever its rank.
  private static func global(
    _ pool: @escaping @Sendable (Window, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> OperatorDefinition {
    OperatorDefinition(
      infer: { context throws(ModelError) in
        let input = try context.floating(0).shape
        guard input.rank >= 3 else { throw context.failure("input \(input) has no spatial axes") }
        return [TensorType(Shape(input.dimensions[..<2] + Array(repeating: 1, count: input.rank - 2)))]
      },
      lower: { context, lowering throws(ModelError) in
        let input = try context.floating(0)
        let size = SIMD3(1, 1, Shape.product(input.shape.dimensions[2...]))
        let one = SIMD3(1, 1, 1)
        let window = Window(
          input: size, output: one, kernel: size, stride: one, dilation: one, padding: SIMD3(0, 0, 0))
        unsafe lowerPlanes(context, &lowering, input, window) { source, target in unsafe pool(window, source, target) }
      })
  }

  /// One item per plane of (N, C).
  private static func lowerPlanes(
    _ context: NodeContext, _ lowering: inout Lowering, _ input: Operand, _ window: Window,
    _ pool: @escaping @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    let x = lowering.input(input)
    let y = lowering.output(context)
    let (from, to) = (window.input.volume, window.output.volume)
    lowering.emit(context, reads: [x], writes: [y], items: input.shape[0] * input.shape[1]) { memory, items in
      for item in items { unsafe pool(memory[x] + item * from, memory[y] + item * to) }
    }
  }
}
