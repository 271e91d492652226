import Glibc

/// Floats on a cache line's boundary that live as long as the object: packed weights, biases, scratch.
public final class KernelMemory: @unchecked Sendable {  // written only while its maker builds it, or by one owner
  public let base: UnsafeMutablePointer<Float>
  public let count: Int
  private let isOwner: Bool

  /// `count` zeros.
  public init(count: Int) {
    var memory: UnsafeMutableRawPointer?
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let status = posix_memalign(&memory, 64, bytes)
    precondition(status == 0 && memory != nil, "no memory for \(bytes) bytes")
    base = memory!.bindMemory(to: Float.self, capacity: max(count, 1))
    base.initialize(repeating: 0, count: max(count, 1))
    self.count = count
    isOwner = true
  }

  /// Memory that another owns and keeps as long as this object is used: weights that training packs anew.
  public init(borrowing base: UnsafeMutablePointer<Float>, count: Int) {
    self.base = base
    self.count = count
    isOwner = false
  }

  /// `values`, followed by zeros up to `count`.
  convenience init(_ values: UnsafeBufferPointer<Float>, paddedTo count: Int) {
    precondition(values.count <= count, "\(values.count) values do not fit \(count)")
    self.init(count: count)
    for (index, value) in values.enumerated() { base[index] = value }
  }

  deinit { if isOwner { free(base) } }
}

@inline(__always)
func roundUp(_ value: Int, to multiple: Int) -> Int { (value + multiple - 1) / multiple * multiple }

/// A feature map of one or more images in the blocked layout NCHW8c: image, block of eight channels, row, column,
/// channel within the block. Lanes past the last channel hold finite values that nobody reads.
public struct BlockedMap {
  public let base: UnsafeMutablePointer<Float>
  public let height: Int
  public let width: Int
  /// Floats from one image to the next; larger than the map itself when it is a part of a concatenation.
  public let imageStride: Int

  public init(base: UnsafeMutablePointer<Float>, height: Int, width: Int, imageStride: Int) {
    self.base = base
    self.height = height
    self.width = width
    self.imageStride = imageStride
  }

  @inline(__always) var rowStride: Int { width * 8 }
  @inline(__always) var blockStride: Int { height * width * 8 }

  @inline(__always)
  func pixel(image: Int, block: Int, y: Int, x: Int) -> UnsafeMutablePointer<Float> {
    base + image * imageStride + block * blockStride + (y * width + x) * 8
  }
}
