/// Eight floats: one AVX register, one channel block of the blocked layout.
public typealias Vector = SIMD8<Float>

/// Channels per block of the blocked layout.
public let channelsPerBlock = 8

@inline(__always)
func load(_ source: UnsafePointer<Float>, _ offset: Int = 0) -> Vector {
  UnsafeRawPointer(source + offset).loadUnaligned(as: Vector.self)
}

@inline(__always)
func load(_ source: UnsafeMutablePointer<Float>, _ offset: Int = 0) -> Vector {
  UnsafeRawPointer(source + offset).loadUnaligned(as: Vector.self)
}

@inline(__always)
func store(_ value: Vector, _ target: UnsafeMutablePointer<Float>, _ offset: Int = 0) {
  UnsafeMutableRawPointer(target + offset).storeBytes(of: value, as: Vector.self)
}

/// `a * b + c` in one instruction.
@inline(__always)
func fma(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { c.addingProduct(a, b) }

@inline(__always)
func fma(_ a: Vector, _ b: Float, _ c: Vector) -> Vector { c.addingProduct(a, Vector(repeating: b)) }
