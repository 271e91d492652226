/// The memory of one execution: every tensor of its plan, and each worker's scratch. It lies in a block of the arena's
/// own, or in a workspace that other executions use as well.
@safe package final class Arena {
  private let workspace: Workspace
  private var block: FloatStorage
  private let elements: Int
  private let offsets: [Int]
  private let addresses: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  private let tensors: [PlannedTensor]
  private let scratchStart: Int
  private let scratchPerWorker: Int

  package init(tensors: [PlannedTensor], steps: [Step], memory: MemoryPlan, workers: Int, workspace: Workspace) {
    self.tensors = tensors
    self.workspace = workspace
    scratchStart = memory.elements
    scratchPerWorker = MemoryPlan.aligned(steps.map(\.scratchPerWorker).max() ?? 0)
    elements = memory.elements + scratchPerWorker * workers
    workspace.reserve(elements)
    block = workspace.block
    // A tensor that no step touches has no place of its own; it is never read.
    offsets = tensors.indices.map { memory.offsets[$0] ?? 0 }
    unsafe addresses = .allocate(capacity: max(tensors.count, 1))
    settle()
  }

  /// Points every tensor to its place in the block.
  private func settle() {
    for index in tensors.indices {
      let (root, offset) = MemoryPlan.root(of: TensorID(index: index), in: tensors)
      let address: UnsafeMutablePointer<Float>
      if case .constant(let storage) = tensors[root].place {
        unsafe address = storage.address + offset
      } else {
        unsafe address = block.address + offsets[index]
      }
      unsafe (addresses + index).initialize(to: address)
    }
  }

  /// Follows the workspace to another block, should a later execution have needed a larger one.
  private func follow() {
    guard workspace.block !== block else { return }
    block = workspace.block
    settle()
  }

  deinit { unsafe addresses.deallocate() }

  package var bytes: Int { elements * MemoryLayout<Float>.stride }

  package func memory(worker: Int) -> Memory {
    unsafe Memory(
      addresses: UnsafePointer(addresses), scratch: block.address + scratchStart + worker * scratchPerWorker)
  }

  /// Runs all steps on the calling thread.
  package func run(_ steps: some Sequence<Step>) {
    follow()
    let memory = memory(worker: 0)
    for step in steps { step.body(memory, 0..<step.items) }
  }

  package func withSpan<R, E: Error>(_ tensor: TensorID, _ body: (Span<Float>) throws(E) -> R) throws(E) -> R {
    follow()
    return try body(
      unsafe Span(_unsafeStart: addresses[tensor.index], count: tensors[tensor.index].shape.count))
  }

  package func withMutableSpan<R, E: Error>(
    _ tensor: TensorID, _ body: (inout MutableSpan<Float>) throws(E) -> R
  ) throws(E) -> R {
    follow()
    var span = unsafe MutableSpan(_unsafeStart: addresses[tensor.index], count: tensors[tensor.index].shape.count)
    return try body(&span)
  }

  package func copy(of tensor: TensorID) -> FloatStorage {
    unsafe FloatStorage(count: tensors[tensor.index].shape.count) { target in
      unsafe target.update(from: addresses[tensor.index], count: tensors[tensor.index].shape.count)
    }
  }
}
