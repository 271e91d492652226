internal import NeuralKernels
internal import Synchronization

/// Weights in half precision, as the file has them: half the memory of what the kernels compute with.
///
/// Widened only while somebody holds on to the result; kernels that rearrange weights once let go of it again.
package final class HalfStorage: Sendable {
  private struct Widened {
    weak var storage: FloatStorage?
  }

  /// The bit patterns.
  package let bits: [UInt16]
  private let widened = Mutex(Widened())

  package init(_ bits: [UInt16]) { self.bits = bits }

  /// Rounds to the nearest half-precision numbers; infinite where a value is beyond their range.
  package convenience init(rounding storage: FloatStorage) {
    var bits = [UInt16](repeating: 0, count: storage.count)
    unsafe bits.withUnsafeMutableBufferPointer { target in
      if let first = target.baseAddress { unsafe narrowToHalf(storage.address, first, count: target.count) }
    }
    self.init(bits)
  }

  /// The same, or nil if a value is beyond the range of half precision.
  package convenience init?(narrowing storage: FloatStorage) {
    self.init(rounding: storage)
    for index in 0..<count where bits[index] & 0x7C00 == 0x7C00 && storage[index].isFinite { return nil }
  }

  package var count: Int { bits.count }

  /// The values as the kernels want them.
  package var floats: FloatStorage {
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
