internal import Neural
internal import NeuralKernels

extension TrainingRules {
  static let poolings: [String: TrainingRule] = [
    "MaxPool": .asInInference { context, lowering throws(ModelError) in
      let shape = try context.shape(0)
      let window = try SpatialWindow(context, input: shape).window
      let isHalving =
        window.kernel == SIMD3(1, 2, 2) && window.stride == SIMD3(1, 2, 2) && window.padding == SIMD3(0, 0, 0)
        && window.dilation == SIMD3(1, 1, 1) && window.input.x == 1 && window.output.y * 2 == window.input.y
        && window.output.z * 2 == window.input.z
      unsafe try emitPlanes(context, &lowering, window, readsInput: true, writesAll: isHalving) {
        memory, x, dy, dx, adds in
        if isHalving {
          unsafe maxPoolGradientPlane2x2(
            input: x, width: window.input.z, dy: dy, dx: dx, outputHeight: window.output.y,
            outputWidth: window.output.z, adding: adds)
        } else {
          unsafe maxPoolGradientPlane(window, input: x, dy: dy, dx: dx)
        }
      }
    },
    "AveragePool": .asInInference { context, lowering throws(ModelError) in
      let spatial = try SpatialWindow(context, input: try context.shape(0))
      let window = spatial.window
      let countsPadding = try context.flag("count_include_pad")
      let end = window.input &+ window.padding &+ spatial.paddingAfter
      unsafe try emitPlanes(context, &lowering, window, readsInput: false, writesAll: false) { memory, _, dy, dx, _ in
        unsafe averagePoolGradientPlane(window, countingPadding: countsPadding, paddedEnd: end, dy: dy, dx: dx)
      }
    },
    "GlobalAveragePool": .asInInference { context, lowering throws(ModelError) in
      let plane = try context.shape(0).inner(1)
      unsafe try emitPlanes(context, &lowering, whole(plane), readsInput: false, writesAll: true) {
        memory, _, dy, dx, adds in
        let share = unsafe dy[0] / Float(plane)
        for i in 0..<plane { unsafe dx[i] = adds ? dx[i] + share : share }
      }
    },
    "GlobalMaxPool": .asInInference { context, lowering throws(ModelError) in
      let window = whole(try context.shape(0).inner(1))
      unsafe try emitPlanes(context, &lowering, window, readsInput: true, writesAll: false) { memory, x, dy, dx, _ in
        unsafe maxPoolGradientPlane(window, input: x, dy: dy, dx: dx)
      }
    },
  ]

  /// A window that is the whole plane.
  private static func whole(_ plane: Int) -> Window {
    let (size, one) = (SIMD3(1, 1, plane), SIMD3(1, 1, 1))
    return Window(input: size, output: one, kernel: size, stride: one, dilation: one, padding: SIMD3(0, 0, 0))
  }

  /// One item per plane of (N, C). Unless `writesAll`, `body` can only add, and the gradient is cleared before.
  private static func emitPlanes(
    _ context: NodeContext, _ lowering: inout TrainingLowering, _ window: Window, readsInput: Bool, writesAll: Bool,
    _ body:
      @escaping @Sendable (
        Memory, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Bool
      ) -> Void
  ) throws(ModelError) {
    guard let dy = lowering.outputGradient(context) else { return }
    let shape = try context.shape(0)
    let x = readsInput ? try lowering.input(context, 0) : dy
    guard let target = lowering.inputGradient(context, 0) else { return }
    if !writesAll { lowering.clear(context, target, count: shape.count) }
    let (dx, adds) = (target.tensor, target.adds)
    let (from, to) = (window.input.volume, window.output.volume)
    lowering.emit(
      context, reads: [x, dy] + (adds || !writesAll ? [dx] : []), writes: [dx], items: shape[0] * shape[1]
    ) { memory, items in
      for item in items {
        unsafe body(
          memory, memory[x] + (readsInput ? item * from : 0), memory[dy] + item * to, memory[dx] + item * from, adds)
      }
    }
  }
}
