/// A tensor of a plan: where some value lies while the plan runs.
struct TensorID: Sendable, Hashable {
  let index: Int
}

/// The order of a tensor's elements in memory.
enum Layout: Sendable, Equatable {
  /// As ONNX has them: the last axis varies fastest, nothing between the rows.
  case rowMajor
  /// (N, ⌈C/8⌉, H, W, 8): channels in blocks of eight.
  case blocked
}

/// One tensor of a plan.
struct PlannedTensor: Sendable {
  enum Place: Sendable {
    /// Memory of its own in the arena.
    case own
    /// A part of another tensor, beginning at one of its elements.
    case view(of: TensorID, offset: Int)
    /// Weights, or a value computed while planning.
    case constant(FloatStorage)
  }

  let shape: Shape
  var layout = Layout.rowMajor
  var place: Place
  /// Elements in memory, gaps of the layout included.
  var elements: Int
}

/// The addresses a step works on, as one worker sees them.
@safe struct Memory {
  private let addresses: UnsafePointer<UnsafeMutablePointer<Float>>
  private let workspace: UnsafeMutablePointer<Float>

  @unsafe init(addresses: UnsafePointer<UnsafeMutablePointer<Float>>, scratch: UnsafeMutablePointer<Float>) {
    unsafe self.addresses = addresses
    unsafe self.workspace = scratch
  }

  /// First element of a tensor.
  @unsafe subscript(tensor: TensorID) -> UnsafeMutablePointer<Float> { unsafe addresses[tensor.index] }

  /// Room of this worker alone, at least as large as the step asked for.
  @unsafe var scratch: UnsafeMutablePointer<Float> { unsafe workspace }
}

/// One piece of a plan: a kernel call over tensors, divided into items that workers may do in any order.
struct Step: Sendable {
  /// The node it stems from, for messages and profiles.
  let node: String
  let operation: String
  let reads: [TensorID]
  let writes: [TensorID]
  /// Independent pieces of the work.
  let items: Int
  /// Floats of scratch memory each worker needs.
  var scratchPerWorker = 0
  /// Multiply-adds of one run.
  var multiplyAdds = 0
  /// Whether the work is worth waking other threads for.
  var isShared = true
  /// Does the items of a range.
  let body: @Sendable (Memory, Range<Int>) -> Void
}
