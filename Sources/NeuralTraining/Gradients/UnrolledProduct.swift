internal import Neural
internal import NeuralKernels

/// The three products of a convolution and of a transposed one, over unrolled windows.
///
/// One side is *wide*: the feature map that windows are cut from. The other is *narrow*: one position per window. A
/// convolution goes from wide to narrow, a transposed one from narrow to wide; weights are (narrow channels,
/// wide channels of one group, kernel) for both.
struct UnrolledProduct {
  let batch: Int
  let groups: Int
  /// Channels of one group.
  let narrow: Int
  let wide: Int
  /// `input` is a plane of the wide side, `output` one of the narrow side.
  let window: Window

  init(_ convolution: Convolution) {
    (batch, groups, window) = (convolution.batch, convolution.groups, convolution.spatial.window)
    (narrow, wide) = (convolution.outputs / convolution.groups, convolution.inputs / convolution.groups)
  }

  init(_ convolution: Neural.TransposedConvolution) {
    (batch, groups, window) = (convolution.batch, convolution.groups, convolution.window)
    (narrow, wide) = (convolution.inputs / convolution.groups, convolution.outputs / convolution.groups)
  }

  private init(batch: Int, groups: Int, narrow: Int, wide: Int, window: Window) {
    (self.batch, self.groups, self.narrow, self.wide, self.window) = (batch, groups, narrow, wide, window)
  }

  private var depth: Int { wide * window.kernel.volume }
  private var weightCount: Int { groups * narrow * depth }
  private var multiplyAdds: Int { batch * weightCount * window.output.volume }

  /// Floats of unrolled windows a worker holds at a time: what stays in a core's second-level cache.
  private static let tileFloats = 160 * 1024
  /// Lines of the narrow plane that are unrolled at a time.
  private var tile: Int {
    max(1, min(window.output.x * window.output.y, Self.tileFloats / max(depth * window.output.z, 1)))
  }

  /// Wide to narrow: `target` += or = weights · windows of `source`.
  func emitNarrowing(
    _ context: NodeContext, _ lowering: inout TrainingLowering, weights: TensorID, source: TensorID,
    to target: GradientTarget
  ) {
    let (groups, narrow, wide, depth, window, tile) = (groups, narrow, wide, depth, window, tile)
    let (widePlane, narrowPlane, width) = (window.input.volume, window.output.volume, window.output.z)
    let rows = window.output.x * window.output.y
    let tiles = (rows + tile - 1) / tile
    let (output, adds) = (target.tensor, target.adds)
    lowering.emit(
      context, reads: [weights, source] + (adds ? [output] : []), writes: [output], items: batch * groups * tiles,
      scratchPerWorker: depth * tile * width, multiplyAdds: multiplyAdds
    ) { memory, items in
      for item in items {
        let (image, group, first) = (item / tiles / groups, item / tiles % groups, item % tiles * tile)
        let lines = first..<min(first + tile, rows)
        let columns = lines.count * width
        unsafe unrollColumns(
          window, input: memory[source] + (image * groups + group) * wide * widePlane, channels: wide, rows: lines,
          columns: memory.scratch)
        unsafe matrixProduct(
          rows: narrow, columns: columns, depth: depth, a: memory[weights] + group * narrow * depth, aStride: depth,
          b: memory.scratch, bStride: columns,
          c: memory[output] + (image * groups + group) * narrow * narrowPlane + first * width, cStride: narrowPlane,
          adding: adds ? 1 : 0)
      }
    }
  }

  /// Narrow to wide: `target` += or = what weights · `source` gives, rolled up.
  func emitWidening(
    _ context: NodeContext, _ lowering: inout TrainingLowering, weights: TensorID, source: TensorID,
    to target: GradientTarget
  ) {
    if let reversed { return emitReversed(reversed, context, &lowering, weights, source, target) }
    let (groups, narrow, wide, depth, window) = (groups, narrow, wide, depth, window)
    let (widePlane, narrowPlane, kernel) = (window.input.volume, window.output.volume, window.kernel.volume)
    // A block of channels at a time: blocks are independent, and their products fit the cache if they can.
    let block = max(1, min(wide, 512 * 1024 / max(kernel * narrowPlane, 1)))
    let blocks = (wide + block - 1) / block
    let (output, adds) = (target.tensor, target.adds)
    lowering.emit(
      context, reads: [weights, source] + (adds ? [output] : []), writes: [output], items: batch * groups * blocks,
      scratchPerWorker: block * kernel * narrowPlane, multiplyAdds: multiplyAdds
    ) { memory, items in
      for item in items {
        let (image, group, first) = (item / blocks / groups, item / blocks % groups, item % blocks * block)
        let channels = first..<min(first + block, wide)
        unsafe matrixProduct(
          rows: channels.count * kernel, columns: narrowPlane, depth: narrow,
          a: memory[weights] + group * narrow * depth + first * kernel, aStride: depth, aTransposed: true,
          b: memory[source] + (image * groups + group) * narrow * narrowPlane, bStride: narrowPlane,
          c: memory.scratch, cStride: narrowPlane)
        for channel in channels {
          let plane = unsafe memory[output] + ((image * groups + group) * wide + channel) * widePlane
          if !adds { unsafe plane.update(repeating: 0, count: widePlane) }
          unsafe rollColumns(
            window, columns: memory.scratch + (channel - first) * kernel * narrowPlane, plane: plane)
        }
      }
    }
  }

  /// At stride 1, widening is narrowing with sides exchanged and every kernel turned round: no rolling up.
  private var reversed: UnrolledProduct? {
    let padding = (window.kernel &- SIMD3(1, 1, 1)) &* window.dilation &- window.padding
    guard window.stride == SIMD3(1, 1, 1), padding.x >= 0, padding.y >= 0, padding.z >= 0 else { return nil }
    return UnrolledProduct(
      batch: batch, groups: groups, narrow: wide, wide: narrow,
      window: Window(
        input: window.output, output: window.input, kernel: window.kernel, stride: window.stride,
        dilation: window.dilation, padding: padding))
  }

  private func emitReversed(
    _ reversed: UnrolledProduct, _ context: NodeContext, _ lowering: inout TrainingLowering, _ weights: TensorID,
    _ source: TensorID, _ target: GradientTarget
  ) {
    let (narrow, wide, kernel) = (narrow, wide, window.kernel.volume)
    let turned = lowering.forward.temporary([weightCount])
    lowering.emit(context, reads: [weights], writes: [turned], items: groups * wide) { memory, items in
      for item in items {
        let (group, channel) = (item / wide, item % wide)
        for other in 0..<narrow {
          let from = unsafe memory[weights] + ((group * narrow + other) * wide + channel) * kernel
          let to = unsafe memory[turned] + (item * narrow + other) * kernel
          for element in 0..<kernel { unsafe to[element] = from[kernel - 1 - element] }
        }
      }
    }
    reversed.emitNarrowing(context, &lowering, weights: turned, source: source, to: target)
  }

  /// The gradient of the weights: += or = Σ over images of narrow map · windows of wide mapᵀ.
  ///
  /// Images go into a fixed number of partial sums, added up in a fixed order, so that the result does not depend on
  /// how many threads there are.
  func emitWeightGradient(
    _ context: NodeContext, _ lowering: inout TrainingLowering, narrowMap: TensorID, wideMap: TensorID,
    to target: GradientTarget
  ) {
    let (groups, narrow, wide, depth, window, tile, batch) = (groups, narrow, wide, depth, window, tile, batch)
    let (widePlane, narrowPlane, width) = (window.input.volume, window.output.volume, window.output.z)
    let rows = window.output.x * window.output.y
    let parts = min(batch, 4)
    let (count, output, adds) = (weightCount, target.tensor, target.adds)
    let sums = parts == 1 ? output : lowering.forward.temporary([parts, count])
    lowering.emit(
      context, reads: [narrowMap, wideMap] + (parts == 1 && adds ? [output] : []), writes: [sums],
      items: parts * groups, scratchPerWorker: depth * tile * width, multiplyAdds: multiplyAdds
    ) { memory, items in
      for item in items {
        let (part, group) = (item / groups, item % groups)
        let sum = unsafe memory[sums] + part * count + group * narrow * depth
        var isFirst = !(parts == 1 && adds)
        for image in part * batch / parts..<(part + 1) * batch / parts {
          for first in stride(from: 0, to: rows, by: tile) {
            let lines = first..<min(first + tile, rows)
            let columns = lines.count * width
            unsafe unrollColumns(
              window, input: memory[wideMap] + (image * groups + group) * wide * widePlane, channels: wide,
              rows: lines, columns: memory.scratch)
            unsafe matrixProduct(
              rows: narrow, columns: depth, depth: columns,
              a: memory[narrowMap] + (image * groups + group) * narrow * narrowPlane + first * width,
              aStride: narrowPlane, b: memory.scratch, bStride: columns, bTransposed: true, c: sum, cStride: depth,
              adding: isFirst ? 0 : 1)
            isFirst = false
          }
        }
      }
    }
    guard parts > 1 else { return }
    lowering.emitBlocks(context, count: count, reads: [sums] + (adds ? [output] : []), writes: [output]) {
      memory, range in
      for part in 0..<parts {
        unsafe scaleInto(
          memory[sums] + part * count + range.lowerBound, memory[output] + range.lowerBound, factor: 1,
          adding: adds || part > 0, count: range.count)
      }
    }
  }
}
