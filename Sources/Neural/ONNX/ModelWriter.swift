internal import SwiftProtobuf

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Turns a model back into the messages of a file. Equal models make equal bytes.
struct ModelWriter {
  private let model: Model

  init(_ model: Model) { self.model = model }

  /// Older files must list their initialisers as inputs as well; from this version on they need not.
  private static let leastFormatVersion = 4

  func proto() throws(ModelError) -> Onnx_ModelProto {
    var proto = Onnx_ModelProto()
    proto.irVersion = Int64(max(model.formatVersion, Self.leastFormatVersion))
    proto.producerName = model.producer
    proto.opsetImport = [.with { $0.version = Int64(model.operatorSet) }]
    proto.metadataProps = model.metadata.sorted { $0.key < $1.key }.map { key, value in
      .with { ($0.key, $0.value) = (key, value) }
    }
    proto.graph.name = model.metadata["name"] ?? "graph"
    proto.graph.input = model.inputs.map(\.proto)
    proto.graph.output = model.outputs.map(\.proto)
    let graph = model.graph
    for (id, tensor) in graph.constants.sorted(by: { $0.key < $1.key }) {
      proto.graph.initializer.append(tensor.proto(named: graph.name(id)))
    }
    for node in graph.nodes { proto.graph.node.append(try self.proto(of: node)) }
    return proto
  }

  private func proto(of node: Node) throws(ModelError) -> Onnx_NodeProto {
    precondition(node.activation == .none, "an optimised graph is not for writing")
    var proto = Onnx_NodeProto()
    proto.name = node.name
    proto.opType = node.operation
    proto.input = node.inputs.map { $0.map(model.graph.name) ?? "" }
    proto.output = node.outputs.map { $0.map(model.graph.name) ?? "" }
    for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
      guard let attribute = value.proto(named: name) else {
        throw ModelError(
          .unsupported,
          "\(node.role): its attribute `\(name)` holds what this engine does not keep; edit the model with the tool that made it"
        )
      }
      proto.attribute.append(attribute)
    }
    return proto
  }
}

extension AttributeValue {
  /// nil for kinds that were not kept.
  fileprivate func proto(named name: String) -> Onnx_AttributeProto? {
    var proto = Onnx_AttributeProto()
    proto.name = name
    switch self {
    case .float(let value): (proto.type, proto.f) = (.float, value)
    case .int(let value): (proto.type, proto.i) = (.int, Int64(value))
    case .string(let value): (proto.type, proto.s) = (.string, Data(value.utf8))
    case .tensor(let value): (proto.type, proto.t) = (.tensor, value.proto(named: ""))
    case .floats(let values): (proto.type, proto.floats) = (.floats, values)
    case .ints(let values): (proto.type, proto.ints) = (.ints, values.map(Int64.init))
    case .strings(let values): (proto.type, proto.strings) = (.strings, values.map { Data($0.utf8) })
    case .other: return nil
    }
    return proto
  }
}

extension ValueInfo {
  fileprivate var proto: Onnx_ValueInfoProto {
    var proto = Onnx_ValueInfoProto()
    proto.name = name
    guard let elementType else { return proto }
    proto.type.tensorType.elemType = elementType.rawValue
    guard let dimensions else { return proto }
    proto.type.tensorType.shape.dim = dimensions.map { dimension in
      .with {
        switch dimension {
        case .fixed(let size): $0.dimValue = Int64(size)
        // The mark of an axis that has neither size nor name.
        case .symbolic("?"): break
        case .symbolic(let name): $0.dimParam = name
        }
      }
    }
    return proto
  }
}

extension Tensor {
  fileprivate func proto(named name: String) -> Onnx_TensorProto {
    var proto = Onnx_TensorProto()
    proto.name = name
    proto.dims = shape.dimensions.map(Int64.init)
    proto.dataType = elementType.rawValue
    proto.rawData = rawBytes
    return proto
  }

  /// The elements in their own type, little-endian.
  private var rawBytes: Data {
    if let halves { return Self.bytes(halves.bits) }
    switch storage {
    case .floats(let storage):
      switch elementType {
      case .double: return Self.bytes(storage.values.map { Double($0).bitPattern })
      // Values read from sixteen bits have nothing but zeros below them.
      case .bfloat16: return Self.bytes(storage.values.map { UInt16($0.bitPattern >> 16) })
      case .float16: return Self.bytes(HalfStorage(rounding: storage).bits)
      default: return Self.bytes(storage.values.map(\.bitPattern))
      }
    case .integers(let values):
      switch elementType.byteCount {
      case 1: return Data(values.map { UInt8(truncatingIfNeeded: $0) })
      case 2: return Self.bytes(values.map { UInt16(truncatingIfNeeded: $0) })
      case 4: return Self.bytes(values.map { UInt32(truncatingIfNeeded: $0) })
      default: return Self.bytes(values.map { UInt64(truncatingIfNeeded: $0) })
      }
    }
  }

  private static func bytes<T: FixedWidthInteger & BitwiseCopyable>(_ values: [T]) -> Data {
    unsafe values.map(\.littleEndian).withUnsafeBytes { unsafe Data($0) }
  }
}
