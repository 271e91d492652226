/// The memory of one execution: every tensor of its plan, and each worker's scratch.
@safe final class Arena {
  private let block: FloatStorage
  private let addresses: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  private let tensors: [PlannedTensor]
  private let scratchStart: Int
  private let scratchPerWorker: Int

  init(tensors: [PlannedTensor], steps: [Step], memory: MemoryPlan, workers: Int) {
    self.tensors = tensors
    scratchStart = memory.elements
    scratchPerWorker = MemoryPlan.aligned(steps.map(\.scratchPerWorker).max() ?? 0)
    block = unsafe FloatStorage(count: memory.elements + scratchPerWorker * workers) { _ in }
    unsafe addresses = .allocate(capacity: max(tensors.count, 1))
    for index in tensors.indices {
      let (root, offset) = MemoryPlan.root(of: TensorID(index: index), in: tensors)
      let address: UnsafeMutablePointer<Float>
      if case .constant(let storage) = tensors[root].place {
        unsafe address = storage.address + offset
      } else {
        // A tensor that no step touches has no place of its own; it is never read.
        unsafe address = block.address + (memory.offsets[index] ?? 0)
      }
      unsafe (addresses + index).initialize(to: address)
    }
  }

  deinit { unsafe addresses.deallocate() }

  var bytes: Int { block.count * MemoryLayout<Float>.stride }

  func memory(worker: Int) -> Memory {
    unsafe Memory(
      addresses: UnsafePointer(addresses), scratch: block.address + scratchStart + worker * scratchPerWorker)
  }

  /// Runs all steps on the calling thread.
  func run(_ steps: [Step]) {
    let memory = memory(worker: 0)
    for step in steps { step.body(memory, 0..<step.items) }
  }

  func withSpan<R, E: Error>(_ tensor: TensorID, _ body: (Span<Float>) throws(E) -> R) throws(E) -> R {
    try body(
      unsafe Span(_unsafeStart: addresses[tensor.index], count: tensors[tensor.index].shape.count))
  }

  func withMutableSpan<R, E: Error>(
    _ tensor: TensorID, _ body: (inout MutableSpan<Float>) throws(E) -> R
  ) throws(E) -> R {
    var span = unsafe MutableSpan(_unsafeStart: addresses[tensor.index], count: tensors[tensor.index].shape.count)
    return try body(&span)
  }

  func copy(of tensor: TensorID) -> FloatStorage {
    unsafe FloatStorage(count: tensors[tensor.index].shape.count) { target in
      unsafe target.update(from: addresses[tensor.index], count: tensors[tensor.index].shape.count)
    }
  }
}
