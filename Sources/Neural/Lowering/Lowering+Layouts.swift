package import NeuralKernels

/// A feature map (N, C, H, W) as the convolution kernels want it: channels in blocks of eight (NCHW8c).
package struct BlockedTensor: Sendable {
  package let tensor: TensorID
  package let images: Int
  package let channels: Int
  package let height: Int
  package let width: Int

  package var blocks: Int { (channels + 7) / 8 }
  package var pixels: Int { height * width }
  /// Floats of one block of one image, and of one image.
  package var blockFloats: Int { pixels * 8 }
  package var imageFloats: Int { blocks * blockFloats }
  package var elements: Int { images * imageFloats }
  /// Whether no lane is padding.
  package var isFull: Bool { channels % 8 == 0 }

  package func map(_ memory: Memory) -> BlockedMap {
    unsafe BlockedMap(base: memory[tensor], height: height, width: width, imageStride: imageFloats)
  }
}

extension Lowering {
  /// A new blocked tensor for output `index` of a node.
  package mutating func blockedOutput(_ context: NodeContext, _ index: Int = 0) -> BlockedTensor {
    let blocked = addBlocked(context.outputs[index].shape)
    if let value = context.node.outputs[index] { blockedTensors[value] = blocked }
    return blocked
  }

  /// The blocked tensor of an operand; converted here, once, if it has been made in rows.
  package mutating func blockedInput(_ operand: Operand) -> BlockedTensor {
    if let blocked = blockedTensors[operand.value] { return blocked }
    let rows = input(operand)
    let blocked = addBlocked(operand.shape)
    blockedTensors[operand.value] = blocked
    appendConversion(fromRows: rows, to: blocked)
    return blocked
  }

  /// The row-major tensor of a value made in blocks: converted here, once.
  package mutating func rowMajor(_ value: ValueID, _ blocked: BlockedTensor) -> TensorID {
    let shape = tensors[blocked.tensor.index].shape
    if blocked.pixels == 1 && blocked.isFull {
      // One pixel: blocks of eight channels in a row are the channels in a row.
      let id = add(PlannedTensor(shape: shape, place: .view(of: blocked.tensor, offset: 0), elements: shape.count))
      place(value, at: id)
      return id
    }
    let id = add(PlannedTensor(shape: shape, place: .own, elements: shape.count))
    place(value, at: id)
    appendConversion(from: blocked, toRows: id)
    return id
  }

  /// A blocked tensor that is no value of the graph.
  package mutating func blockedTemporary(_ shape: Shape) -> BlockedTensor { addBlocked(shape) }

  /// Adds the step that brings rows into blocks.
  package mutating func appendConversion(fromRows rows: TensorID, to blocked: BlockedTensor) {
    let (channels, pixels) = (blocked.channels, blocked.pixels)
    let (from, to) = (channels * pixels, blocked.imageFloats)
    // A block of one image is an item.
    let blocks = blocked.blocks
    append(
      Step(
        node: "layout", operation: "Blocked", reads: [rows], writes: [blocked.tensor], items: blocked.images * blocks
      ) { memory, items in
        for item in items {
          let (image, block) = (item / blocks, item % blocks)
          unsafe convertToBlocked(
            memory[rows] + image * from + block * 8 * pixels, channels: min(8, channels - block * 8), pixels: pixels,
            memory[blocked.tensor] + image * to + block * 8 * pixels)
        }
      })
  }

  /// Adds the step that brings blocks into rows.
  package mutating func appendConversion(from blocked: BlockedTensor, toRows id: TensorID) {
    let (channels, pixels, blocks) = (blocked.channels, blocked.pixels, blocked.blocks)
    let (from, to) = (blocked.imageFloats, channels * pixels)
    append(
      Step(
        node: "layout", operation: "RowMajor", reads: [blocked.tensor], writes: [id], items: blocked.images * blocks
      ) { memory, items in
        for item in items {
          let (image, block) = (item / blocks, item % blocks)
          unsafe convertFromBlocked(
            memory[blocked.tensor] + image * from + block * 8 * pixels, channels: min(8, channels - block * 8),
            pixels: pixels, memory[id] + image * to + block * 8 * pixels)
        }
      })
  }

  private mutating func addBlocked(_ shape: Shape) -> BlockedTensor {
    let (images, channels, height, width) = (shape[0], shape[1], shape[2], shape[3])
    let elements = images * ((channels + 7) / 8 * 8) * height * width
    let id = add(PlannedTensor(shape: shape, layout: .blocked, place: .own, elements: elements))
    return BlockedTensor(tensor: id, images: images, channels: channels, height: height, width: width)
  }
}
