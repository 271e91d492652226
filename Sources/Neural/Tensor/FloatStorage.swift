/// An aligned block of floats with one owner at a time while it is filled, and read-only from then on.
///
/// Kernels read weights through its address, which stays put for the life of the object.
// Written only through `init`'s closure, before it is shared, or by the one owner of a network in training.
@safe package final class FloatStorage: @unchecked Sendable {
  /// Cache lines are 64 bytes; rows that begin on one load fastest.
  package static let alignment = 64

  package let count: Int
  private let base: UnsafeMutablePointer<Float>

  /// Allocates `count` floats and lets `fill` write all of them.
  package init<E: Error>(count: Int, fill: (UnsafeMutablePointer<Float>) throws(E) -> Void) throws(E) {
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: Self.alignment)
    self.count = count
    unsafe self.base = unsafe raw.bindMemory(to: Float.self, capacity: max(count, 1))
    unsafe base.initialize(repeating: 0, count: max(count, 1))
    try unsafe fill(base)
  }

  package convenience init(_ values: [Float]) {
    unsafe self.init(count: values.count) { target in
      unsafe values.withUnsafeBufferPointer { source in
        if let first = source.baseAddress { unsafe target.update(from: first, count: source.count) }
      }
    }
  }

  deinit { unsafe base.deallocate() }

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
