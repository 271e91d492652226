/// A tensor of a plan: where some value lies while the plan runs.
package struct TensorID: Sendable, Hashable {
  package let index: Int

  package init(index: Int) { self.index = index }
}

/// The order of a tensor's elements in memory.
package enum Layout: Sendable, Equatable {
  /// As ONNX has them: the last axis varies fastest, nothing between the rows.
  case rowMajor
  /// (N, ⌈C/8⌉, H, W, 8): channels in blocks of eight.
  case blocked
}

/// One tensor of a plan.
package struct PlannedTensor: Sendable {
  package enum Place: Sendable {
    /// Memory of its own in the arena.
    case own
    /// A part of another tensor, beginning at one of its elements.
    case view(of: TensorID, offset: Int)
    /// Weights, or a value computed while planning.
    case constant(FloatStorage)
  }

  package let shape: Shape
  package var layout = Layout.rowMajor
  package var place: Place
  /// Elements in memory, gaps of the layout included.
  package var elements: Int

  package init(shape: Shape, layout: Layout = .rowMajor, place: Place, elements: Int) {
    (self.shape, self.layout, self.place, self.elements) = (shape, layout, place, elements)
  }
}

/// The addresses a step works on, as one worker sees them.
@safe package struct Memory {
  private let addresses: UnsafePointer<UnsafeMutablePointer<Float>>
  private let workspace: UnsafeMutablePointer<Float>

  @unsafe package init(addresses: UnsafePointer<UnsafeMutablePointer<Float>>, scratch: UnsafeMutablePointer<Float>) {
    unsafe self.addresses = addresses
    unsafe self.workspace = scratch
  }

  /// First element of a tensor.
  @unsafe package subscript(tensor: TensorID) -> UnsafeMutablePointer<Float> { unsafe addresses[tensor.index] }

  /// Room of this worker alone, at least as large as the step asked for.
  @unsafe package var scratch: UnsafeMutablePointer<Float> { unsafe workspace }
}

/// One piece of a plan: a kernel call over tensors, divided into items that workers may do in any order.
package struct Step: Sendable {
  /// The node it stems from, for messages and profiles.
  package let node: String
  package let operation: String
  package let reads: [TensorID]
  package let writes: [TensorID]
  /// Independent pieces of the work.
  package let items: Int
  /// Floats of scratch memory each worker needs.
  package var scratchPerWorker = 0
  /// Multiply-adds of one run.
  package var multiplyAdds = 0
  /// Whether the work is worth waking other threads for.
  package var isShared = true
  /// Does the items of a range.
  package let body: @Sendable (Memory, Range<Int>) -> Void

  package init(
    node: String, operation: String, reads: [TensorID], writes: [TensorID], items: Int, scratchPerWorker: Int = 0,
    multiplyAdds: Int = 0, body: @escaping @Sendable (Memory, Range<Int>) -> Void
  ) {
    (self.node, self.operation, self.reads, self.writes) = (node, operation, reads, writes)
    (self.items, self.scratchPerWorker, self.multiplyAdds, self.body) = (items, scratchPerWorker, multiplyAdds, body)
  }
}
