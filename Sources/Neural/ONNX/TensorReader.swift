internal import NeuralKernels

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension Tensor {
  /// Reads a tensor of a file, checking every length against its shape.
  ///
  /// `role` names it in messages: “initialiser `conv1_w`”.
  init(_ proto: Onnx_TensorProto, role: String) throws(ModelError) {
    guard let type = ElementType(rawValue: proto.dataType) else {
      throw ModelError(
        .unsupported,
        "\(role): element type \(Self.typeName(proto.dataType)) is not supported; export it as float32, float16 or integers"
      )
    }
    guard proto.dataLocation == .default && proto.externalData.isEmpty else {
      throw ModelError(
        .unsupported, "\(role): its data lie in another file; save the model as one file with its data inside")
    }
    guard !proto.hasSegment else {
      throw ModelError(.unsupported, "\(role): it is split into segments; save the model with whole tensors")
    }
    let shape = try Limits.shape(proto.dims, of: role)
    let count = shape.count
    let values = TensorValues(proto: proto, role: role, count: count)
    if type == .float16 {
      self.init(shape, halves: HalfStorage(try values.halves()))
    } else if type.isFloatingPoint {
      self.init(shape, type, .floats(try values.floats(type)))
    } else {
      self.init(shape, type, .integers(try values.integers(type)))
    }
  }

  private static func typeName(_ number: Int32) -> String {
    switch number {
    case 8: "string"
    case 14, 15: "complex"
    case 17...20: "float8"
    case 21, 22: "4-bit integer"
    default: "\(number)"
    }
  }
}

/// The values of one tensor of a file, from raw bytes or from the field of its type.
private struct TensorValues {
  let proto: Onnx_TensorProto
  let role: String
  let count: Int

  func floats(_ type: ElementType) throws(ModelError) -> FloatStorage {
    if proto.hasRawData {
      try check(bytes: proto.rawData.count, type)
      return unsafe proto.rawData.withUnsafeBytes { bytes in
        unsafe FloatStorage(count: count) { target in
          for i in 0..<count {
            switch type {
            case .float:
              unsafe target[i] = Float(bitPattern: unsafe Self.little(bytes, i))
            case .double:
              unsafe target[i] = Float(Double(bitPattern: unsafe Self.little(bytes, i)))
            case .bfloat16:
              unsafe target[i] = Float(bitPattern: UInt32(unsafe Self.little(bytes, i) as UInt16) << 16)
            default:
              break
            }
          }
        }
      }
    }
    switch type {
    case .float:
      try check(values: proto.floatData.count)
      return FloatStorage(proto.floatData)
    case .double:
      try check(values: proto.doubleData.count)
      return FloatStorage(proto.doubleData.map(Float.init))
    default:
      try check(values: proto.int32Data.count)
      return FloatStorage(proto.int32Data.map { Float(bitPattern: UInt32(UInt16(truncatingIfNeeded: $0)) << 16) })
    }
  }

  /// The bit patterns of half-precision numbers.
  func halves() throws(ModelError) -> [UInt16] {
    if proto.hasRawData {
      try check(bytes: proto.rawData.count, .float16)
      return unsafe proto.rawData.withUnsafeBytes { bytes in (0..<count).map { unsafe Self.little(bytes, $0) } }
    }
    try check(values: proto.int32Data.count)
    return proto.int32Data.map { UInt16(truncatingIfNeeded: $0) }
  }

  func integers(_ type: ElementType) throws(ModelError) -> [Int64] {
    if proto.hasRawData {
      try check(bytes: proto.rawData.count, type)
      return unsafe proto.rawData.withUnsafeBytes { bytes in
        (0..<count).map { i in
          switch type {
          case .uint8, .bool: Int64(unsafe Self.little(bytes, i) as UInt8)
          case .int8: Int64(unsafe Self.little(bytes, i) as Int8)
          case .uint16: Int64(unsafe Self.little(bytes, i) as UInt16)
          case .int16: Int64(unsafe Self.little(bytes, i) as Int16)
          case .uint32: Int64(unsafe Self.little(bytes, i) as UInt32)
          case .int32: Int64(unsafe Self.little(bytes, i) as Int32)
          default: unsafe Self.little(bytes, i) as Int64
          }
        }
      }
    }
    switch type {
    case .int64:
      try check(values: proto.int64Data.count)
      return proto.int64Data
    case .uint32, .uint64:
      try check(values: proto.uint64Data.count)
      return proto.uint64Data.map { Int64(truncatingIfNeeded: $0) }
    default:
      try check(values: proto.int32Data.count)
      return proto.int32Data.map(Int64.init)
    }
  }

  /// Element `index` of little-endian bytes; the length was checked before the loop.
  private static func little<T: FixedWidthInteger & BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> T
  {
    T(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self))
  }

  private func check(bytes: Int, _ type: ElementType) throws(ModelError) {
    guard bytes == count * type.byteCount else {
      throw ModelError(
        .malformed,
        "\(role): shape \(proto.dims) of \(type) needs \(count * type.byteCount) bytes, the file has \(bytes); export the model again"
      )
    }
  }

  private func check(values: Int) throws(ModelError) {
    guard values == count else {
      throw ModelError(
        .malformed, "\(role): shape \(proto.dims) needs \(count) values, the file has \(values); export the model again"
      )
    }
  }
}
