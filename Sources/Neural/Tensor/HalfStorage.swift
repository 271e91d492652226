internal import NeuralKernels
internal import Synchronization

/// Weights in half precision, as the file has them: half the memory of what the kernels compute with.
///
/// Widened only while somebody holds on to the result; kernels that rearrange weights once let go of it again.
final class HalfStorage: Sendable {
  private struct Widened {
    weak var storage: FloatStorage?
  }

  private let bits: [UInt16]
  private let widened = Mutex(Widened())

  init(_ bits: [UInt16]) { self.bits = bits }

  var count: Int { bits.count }

  /// The values as the kernels want them.
  var floats: FloatStorage {
    widened.withLock { widened in
      if let storage = widened.storage { return storage }
      let storage = unsafe FloatStorage(count: bits.count) { target in
        unsafe bits.withUnsafeBufferPointer { source in
          if let first = source.baseAddress { unsafe widenHalf(first, target, count: source.count) }
        }
      }
      widened.storage = storage
      return storage
    }
  }
}
