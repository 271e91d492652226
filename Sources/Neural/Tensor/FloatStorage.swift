internal import Glibc

/// An aligned block of floats with one owner at a time while it is filled, and read-only from then on.
///
/// Kernels read weights through its address, which stays put for the life of the object.
// Written only through `init`'s closure, before it is shared, or by the one owner of a network in training.
@safe package final class FloatStorage: @unchecked Sendable {
  /// Cache lines are 64 bytes; rows that begin on one load fastest.
  package static let alignment = 64

  package let count: Int
  private let base: UnsafeMutablePointer<Float>
  /// What `base` lies in.
  private let allocation: UnsafeMutableRawPointer

  /// `count` zeros. The system gives large blocks their memory page by page, when they are first written.
  package init(zeros count: Int) {
    guard let allocation = unsafe calloc(max(count, 1) * MemoryLayout<Float>.stride + Self.alignment, 1) else {
      fatalError("no memory for \(count) floats")
    }
    self.count = count
    unsafe self.allocation = unsafe allocation
    unsafe base = allocation.alignedUp(toMultipleOf: Self.alignment).bindMemory(to: Float.self, capacity: max(count, 1))
  }

  /// Allocates `count` floats and lets `fill` write all of them.
  package convenience init<E: Error>(count: Int, fill: (UnsafeMutablePointer<Float>) throws(E) -> Void) throws(E) {
    self.init(zeros: count)
    try unsafe fill(base)
  }

  package convenience init(_ values: [Float]) {
    unsafe self.init(count: values.count) { target in
      unsafe values.withUnsafeBufferPointer { source in
        if let first = source.baseAddress { unsafe target.update(from: first, count: source.count) }
      }
    }
  }

  deinit { unsafe free(allocation) }

  /// For kernels; valid as long as this object.
  @unsafe package var address: UnsafeMutablePointer<Float> { unsafe base }

  package subscript(index: Int) -> Float {
    precondition(index >= 0 && index < count)
    return unsafe base[index]
  }

  package var values: [Float] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }

  package func withSpan<R, E: Error>(_ body: (Span<Float>) throws(E) -> R) throws(E) -> R {
    try body(unsafe Span(_unsafeStart: base, count: count))
  }
}
