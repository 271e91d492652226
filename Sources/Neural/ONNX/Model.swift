internal import SwiftProtobuf

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A parsed, validated ONNX file: what is known before any input shape is.
public struct Model: Sendable {
  /// The file's free-form properties (`metadata_props`): name, version, threshold and the like.
  public let metadata: [String: String]
  /// Values the caller supplies, in file order.
  public let inputs: [ValueInfo]
  /// Values the model returns, in file order.
  public let outputs: [ValueInfo]
  /// `ir_version` of the file.
  public let formatVersion: Int
  /// Version of the operator set its nodes are written in.
  public let operatorSet: Int
  /// “pytorch 2.6.0”, or empty.
  public let producer: String

  package let graph: Graph

  init(
    graph: Graph, inputs: [ValueInfo], outputs: [ValueInfo], metadata: [String: String], formatVersion: Int,
    producer: String
  ) {
    (self.graph, self.inputs, self.outputs, self.metadata) = (graph, inputs, outputs, metadata)
    (self.formatVersion, operatorSet, self.producer) = (formatVersion, graph.opset, producer)
  }

  /// Reads a file.
  ///
  /// - Throws: `ModelError` naming the file and what is wrong with it; hostile bytes never trap.
  public init(contentsOf path: String) throws(ModelError) {
    let bytes = try Self.read(path)
    do {
      try self.init(bytes: bytes)
    } catch {
      throw ModelError(error.code, "\(path): \(error.message)")
    }
  }

  /// Reads a file that is already in memory.
  public init(bytes: [UInt8]) throws(ModelError) {
    try Processor.check()
    let proto: Onnx_ModelProto
    do {
      proto = try Onnx_ModelProto(serializedBytes: bytes)
    } catch BinaryDecodingError.truncated {
      throw ModelError(
        .malformed, "it ends in the middle of a message after \(bytes.count) bytes; it was cut short, copy it again")
    } catch {
      throw ModelError(.malformed, "it is no ONNX file, or it is damaged; copy or export it again")
    }
    graph = try ModelReader(proto).graph
    try Operators.check(graph)
    metadata = Dictionary(proto.metadataProps.map { ($0.key, $0.value) }) { first, _ in first }
    let named = Dictionary(proto.graph.input.map { ($0.name, $0) }) { first, _ in first }
    let graph = graph
    inputs = graph.inputs.map { id in
      let name = graph.name(id)
      return ValueInfo(named[name] ?? Onnx_ValueInfoProto(), name: name)
    }
    outputs = proto.graph.output.map { ValueInfo($0, name: $0.name) }
    formatVersion = Int(clamping: proto.irVersion)
    operatorSet = graph.opset
    producer = [proto.producerName, proto.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Number of nodes of each operator, as the file has them.
  public var operatorCounts: [String: Int] {
    graph.nodes.reduce(into: [:]) { counts, node in counts[node.operation, default: 0] += 1 }
  }

  /// Number of trained values: the elements of all floating-point initialisers.
  public var parameterCount: Int {
    graph.constants.values.reduce(0) { $0 + ($1.elementType.isFloatingPoint ? $1.count : 0) }
  }

  static func read(_ path: String) throws(ModelError) -> [UInt8] {
    do {
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      guard size <= Limits.fileBytes else {
        throw ModelError(.tooLarge, "\(path): \(size) bytes are beyond the 2 GiB an ONNX file may have")
      }
      return try [UInt8](Data(contentsOf: URL(filePath: path)))
    } catch let error as ModelError {
      throw error
    } catch {
      throw ModelError(.unreadable, "\(path): cannot be read; is it there, and may this user read it?")
    }
  }
}

/// The name, element type and shape of a model's input or output, as declared in the file.
public struct ValueInfo: Sendable, Hashable, CustomStringConvertible {
  /// One declared axis.
  public enum Dimension: Sendable, Hashable {
    case fixed(Int)
    /// Known only when the model is run; values with the same name share a size.
    case symbolic(String)
  }

  /// By which `Execution` knows it.
  public let name: String
  /// nil where the file does not say, or names a type this engine has no values for.
  public let elementType: ElementType?
  /// nil where the file does not say.
  public let dimensions: [Dimension]?

  /// Declares a floating-point value.
  public init(_ name: String, _ dimensions: [Dimension]) {
    (self.name, elementType, self.dimensions) = (name, .float, dimensions)
  }

  init(_ proto: Onnx_ValueInfoProto, name: String) {
    self.name = name
    elementType = ElementType(rawValue: proto.type.tensorType.elemType)
    guard proto.type.tensorType.hasShape else {
      dimensions = nil
      return
    }
    dimensions = proto.type.tensorType.shape.dim.map { dimension in
      switch dimension.value {
      case .dimValue(let size)? where size >= 0: .fixed(Int(size))
      case .dimParam(let name)?: .symbolic(name)
      default: .symbolic("?")
      }
    }
  }

  /// `input float32 (N, 3, 256, 256)`
  public var description: String {
    let shape = dimensions.map { dimensions in
      let sizes = dimensions.map { dimension in
        switch dimension {
        case .fixed(let size): String(size)
        case .symbolic(let name): name.isEmpty ? "?" : name
        }
      }
      return "(" + sizes.joined(separator: ", ") + ")"
    }
    return [name, elementType?.description ?? "?", shape ?? "(?)"].joined(separator: " ")
  }
}
