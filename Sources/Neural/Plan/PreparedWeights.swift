package import NeuralKernels
internal import Synchronization

/// Weights in the order a kernel wants them, made once per network and shared by all its executions.
package final class PreparedWeights: Sendable {
  /// Which constant, and how it was rearranged.
  package struct Key: Hashable, Sendable {
    let value: ValueID
    let arrangement: String
  }

  package init() {}

  private let made = Mutex<[Key: FloatStorage]>([:])
  private let packs = Mutex<[Key: KernelMemory]>([:])

  /// The weights of `value` as a blocked kernel wants them; like `storage`.
  package func packed(_ value: ValueID, _ arrangement: String, make: () -> KernelMemory) -> KernelMemory {
    let key = Key(value: value, arrangement: arrangement)
    if let pack = packs.withLock({ $0[key] }) { return pack }
    let pack = make()
    return packs.withLock { table in
      if let earlier = table[key] { return earlier }
      table[key] = pack
      return pack
    }
  }

  /// The rearranged weights of `value`; `make` runs at most once for each arrangement of it.
  package func storage(
    of value: ValueID, arrangement: String, make: () throws(ModelError) -> FloatStorage
  ) throws(ModelError) -> FloatStorage {
    let key = Key(value: value, arrangement: arrangement)
    if let storage = made.withLock({ $0[key] }) { return storage }
    let storage = try make()
    return made.withLock { table in
      if let earlier = table[key] { return earlier }
      table[key] = storage
      return storage
    }
  }
}
