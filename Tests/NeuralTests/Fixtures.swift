import Foundation
import SwiftProtobuf

@testable import Neural

/// What the tests read from the checkout, and how they make small models.
enum Fixtures {
  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// A folder of the checkout that must be there.
  static func folder(_ path: String) throws -> String {
    let folder = root.appending(path: path).path
    guard FileManager.default.fileExists(atPath: folder) else {
      throw Missing(description: "\(folder) is missing; run `make setup`")
    }
    return folder
  }

  /// The lines of a text file beside this source.
  static func lines(_ name: String) throws -> [String] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: name)
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
  }
}

/// Builds ONNX messages for tests.
struct ModelBuilder {
  var proto = Onnx_ModelProto()

  init(opset: Int64 = 17) {
    proto.irVersion = 9
    var set = Onnx_OperatorSetIdProto()
    set.version = opset
    proto.opsetImport = [set]
    proto.graph.name = "test"
  }

  static func info(_ name: String, _ sizes: [Int64]?) -> Onnx_ValueInfoProto {
    var info = Onnx_ValueInfoProto()
    info.name = name
    info.type.tensorType.elemType = 1
    if let sizes {
      info.type.tensorType.shape.dim = sizes.map { size in
        var dimension = Onnx_TensorShapeProto.Dimension()
        if size < 0 { dimension.dimParam = "N" } else { dimension.dimValue = size }
        return dimension
      }
    }
    return info
  }

  /// An input; a negative size is symbolic.
  mutating func input(_ name: String, _ sizes: [Int64]) { proto.graph.input.append(Self.info(name, sizes)) }

  mutating func output(_ name: String) { proto.graph.output.append(Self.info(name, nil)) }

  mutating func floats(_ name: String, _ sizes: [Int64], _ values: [Float]) {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = sizes
    tensor.dataType = 1
    tensor.floatData = values
    proto.graph.initializer.append(tensor)
  }

  mutating func integers(_ name: String, _ values: [Int64]) {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = [Int64(values.count)]
    tensor.dataType = 7
    tensor.int64Data = values
    proto.graph.initializer.append(tensor)
  }

  mutating func node(_ operation: String, _ inputs: [String], _ outputs: [String], _ ints: [String: [Int64]] = [:]) {
    var node = Onnx_NodeProto()
    node.opType = operation
    node.name = outputs.first ?? operation
    node.input = inputs
    node.output = outputs
    node.attribute = ints.sorted { $0.key < $1.key }.map { name, values in
      var attribute = Onnx_AttributeProto()
      attribute.name = name
      // Lists are lists; these are single numbers.
      if ["group", "axis", "ceil_mode", "transB", "training_mode"].contains(name) {
        attribute.type = .int
        attribute.i = values[0]
      } else {
        attribute.type = .ints
        attribute.ints = values
      }
      return attribute
    }
    proto.graph.node.append(node)
  }

  func bytes() throws -> [UInt8] { try proto.serializedBytes() }

  func model() throws -> Model { try Model(bytes: try bytes()) }

  func network() throws -> Network { try Network(try model()) }
}

/// Reproducible numbers in -1...1.
struct Noise {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func bits() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  mutating func next() -> Float { Float(Int64(bits() >> 40)) / Float(1 << 23) - 1 }

  mutating func values(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}

extension Execution {
  func set(_ name: String, _ values: [Float]) {
    withInput(name) { input in for index in values.indices { input[index] = values[index] } }
  }

  func values(_ name: String) -> [Float] { withOutput(name) { span in span.indices.map { span[$0] } } }
}
