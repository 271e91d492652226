package import NeuralKernels

/// The window attributes that convolutions and poolings share, resolved against an input shape.
package struct SpatialWindow: Sendable {
  /// Always three axes; those the operator lacks come first and have size 1.
  package var window: Window
  /// Padding after the last element, per axis of `window`.
  package var paddingAfter: SIMD3<Int>
  /// Sizes of the output's spatial axes, as many as the operator has.
  package var outputSizes: [Int]

  /// Reads `kernel_shape`, `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode`.
  ///
  /// - Parameter kernel: the kernel's sizes where the weights decide them.
  package init(_ context: NodeContext, input: Shape, kernel: [Int]? = nil) throws(ModelError) {
    let spatial = Array(input.dimensions.dropFirst(2))
    guard (1...3).contains(spatial.count) else {
      throw context.failure(
        .unsupported, "an input of shape \(input) has \(max(input.rank - 2, 0)) spatial axes; 1 to 3 are supported")
    }
    let rank = spatial.count
    let shape = try context.ints("kernel_shape") ?? kernel ?? []
    if let kernel, kernel != shape {
      throw context.failure("kernel_shape \(shape) differs from that of the weights, \(kernel)")
    }
    let strides = try context.ints("strides") ?? Array(repeating: 1, count: rank)
    let dilations = try context.ints("dilations") ?? Array(repeating: 1, count: rank)
    let autoPad = try context.string("auto_pad", default: "NOTSET")
    var pads = try context.ints("pads") ?? Array(repeating: 0, count: 2 * rank)
    guard shape.count == rank, strides.count == rank, dilations.count == rank, pads.count == 2 * rank,
      (shape + strides + dilations).allSatisfy({ $0 > 0 }), pads.allSatisfy({ $0 >= 0 })
    else {
      throw context.failure(
        "kernel \(shape), strides \(strides), dilations \(dilations), pads \(pads) do not fit \(rank) spatial axes")
    }
    let ceiling = try context.flag("ceil_mode")
    outputSizes = []
    for axis in 0..<rank {
      let extent = (shape[axis] - 1) * dilations[axis] + 1
      switch autoPad {
      case "NOTSET", "": break
      case "VALID": (pads[axis], pads[axis + rank]) = (0, 0)
      case "SAME_UPPER", "SAME_LOWER":
        let size = (spatial[axis] + strides[axis] - 1) / strides[axis]
        let total = max((size - 1) * strides[axis] + extent - spatial[axis], 0)
        pads[axis] = autoPad == "SAME_UPPER" ? total / 2 : total - total / 2
        pads[axis + rank] = total - pads[axis]
      default: throw context.failure(.malformed, "auto_pad `\(autoPad)` is unknown; export the model again")
      }
      let room = spatial[axis] + pads[axis] + pads[axis + rank] - extent
      guard room >= 0 else {
        throw context.failure(
          "a kernel that spans \(extent) does not fit a padded input of \(spatial[axis] + pads[axis] + pads[axis + rank]); give a larger input"
        )
      }
      var size = room / strides[axis] + 1
      if ceiling, autoPad == "NOTSET" || autoPad.isEmpty {
        size = (room + strides[axis] - 1) / strides[axis] + 1
        // A window that begins in the padding behind the input is left out.
        if (size - 1) * strides[axis] >= spatial[axis] + pads[axis] { size -= 1 }
      }
      outputSizes.append(size)
    }
    window = Window(
      input: Self.three(spatial), output: Self.three(outputSizes), kernel: Self.three(shape),
      stride: Self.three(strides), dilation: Self.three(dilations), padding: Self.three(pads[..<rank], absent: 0))
    paddingAfter = Self.three(pads[rank...], absent: 0)
  }

  package static func three(_ values: some Collection<Int>, absent: Int = 1) -> SIMD3<Int> {
    let all = Array(repeating: absent, count: 3 - values.count) + values
    return SIMD3(all[0], all[1], all[2])
  }
}

extension SIMD3<Int> {
  /// Product of the three sizes.
  package var volume: Int { x * y * z }
}
