import Foundation
import NeuralKernels
import Testing

@testable import Neural

@Suite("Writing models") struct ModelWriterTests {
  private static func committed() throws -> Model {
    try Model(contentsOf: try Fixtures.folder("Models/unet_v1") + "/model.onnx")
  }

  /// What ONNX's own checker, shape inference included, says of a file; empty if it is content.
  private func complaint(_ path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", "import onnx, sys; onnx.checker.check_model(sys.argv[1], full_check=True)", path]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? "" : text
  }

  private func expectEqual(_ a: Model, _ b: Model) throws {
    #expect(a.metadata == b.metadata)
    #expect(a.inputs == b.inputs)
    #expect(a.outputs == b.outputs)
    #expect(a.operatorSet == b.operatorSet)
    #expect(a.producer == b.producer)
    let (left, right) = (a.graph, b.graph)
    func named(_ graph: Graph, _ values: [ValueID?]) -> [String?] { values.map { $0.map(graph.name) } }
    try #require(left.nodes.count == right.nodes.count)
    for (one, other) in zip(left.nodes, right.nodes) {
      #expect(one.name == other.name)
      #expect(one.operation == other.operation)
      #expect(named(left, one.inputs) == named(right, other.inputs))
      #expect(named(left, one.outputs) == named(right, other.outputs))
      #expect("\(one.attributes.sorted { $0.key < $1.key })" == "\(other.attributes.sorted { $0.key < $1.key })")
    }
    let constants = Dictionary(uniqueKeysWithValues: left.constants.map { (left.name($0.key), $0.value) })
    try #require(constants.count == right.constants.count)
    for (id, tensor) in right.constants {
      let other = try #require(constants[right.name(id)])
      #expect(tensor.shape == other.shape)
      #expect(tensor.elementType == other.elementType)
      #expect(tensor.integers == other.integers)
      #expect(tensor.floats?.map(\.bitPattern) == other.floats?.map(\.bitPattern))
    }
  }

  @Test("what is written is read back equal, and written again to the same bytes")
  func roundTrip() throws {
    for model in [try Self.committed(), try ModelReaderTests.sample().model()] {
      let bytes = try model.serialized()
      let back = try Model(bytes: bytes)
      try expectEqual(model, back)
      #expect(try back.serialized() == bytes)
    }
  }

  @Test(
    "every element type is written as it was read", arguments: [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 16] as [Int32])
  func elementTypes(type: Int32) throws {
    let elementType = try #require(ElementType(rawValue: type))
    var builder = ModelBuilder()
    builder.input("x", [4])
    builder.floats("c", [4], [])
    let size = elementType.byteCount
    // 0, 1, a number with its highest bit set, and one with many bits.
    let patterns: [[UInt8]] = [
      Array(repeating: 0, count: size), [1] + Array(repeating: 0, count: size - 1),
      Array(repeating: 0, count: size - 1) + [type == 9 ? 1 : 0x80],
      Array(repeating: type == 9 ? 1 : 0x3B, count: size),
    ]
    builder.proto.graph.initializer[0].floatData = []
    builder.proto.graph.initializer[0].dataType = type
    builder.proto.graph.initializer[0].rawData = Data(patterns.joined())
    builder.node("Identity", ["c"], ["y"])
    builder.output("y")
    let model = try builder.model()
    let back = try Model(bytes: try model.serialized())
    try expectEqual(model, back)
    guard type == 11 else { return }
    // Double precision is held in single: written out, it is that single number.
    #expect(back.graph.constants.values.first?.doubles == model.graph.constants.values.first?.doubles)
  }

  @Test(
    "files pass ONNX's own checker, whatever the type of their weights",
    arguments: [nil, .float32, .float16] as [WeightFormat?])
  func checker(weights: WeightFormat?) throws {
    let path = NSTemporaryDirectory() + "written-\(UUID().uuidString).onnx"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Self.committed().withMetadata(["threshold": "0.42"]).write(to: path, weights: weights)
    #expect(try complaint(path) == "")
    #expect(try Model(contentsOf: path).metadata["threshold"] == "0.42")
  }

  @Test("new properties join the old ones, and win over them")
  func metadata() throws {
    let model = try ModelReaderTests.sample().model().withMetadata(["threshold": "0.5", "votes": "3"])
    #expect(model.metadata == ["threshold": "0.5", "votes": "3"])
  }

  @Test("changed weights change the result, and those of another shape or name are refused")
  func parameters() throws {
    let model = try Self.committed()
    let parameters = model.parameters
    #expect(parameters.count == 58)
    let name = "logits.bias"
    let changed = try model.withParameters([name: Tensor([1], floats: [3.5])])
    #expect(changed.parameters[name]?.floats == [3.5])
    #expect(try Model(bytes: try changed.serialized(weights: .float16)).parameters[name]?.floats == [3.5])
    #expect(throws: ModelError.self) { try model.withParameters([name: Tensor([2], floats: [1, 2])]) }
    #expect(throws: ModelError.self) { try model.withParameters(["nobody": Tensor([1], floats: [1])]) }
  }

  @Test("weights that came in half precision go back to it unchanged, in half the bytes")
  func halfPrecision() throws {
    let model = try Self.committed()
    let wide = try model.serialized(weights: .float32)
    let narrow = try Model(bytes: wide).serialized(weights: .float16)
    #expect(narrow.count < wide.count * 52 / 100)
    let (before, after) = (model.parameters, try Model(bytes: narrow).parameters)
    #expect(Set(before.keys) == Set(after.keys))
    for (name, tensor) in before { #expect(tensor.floats == after[name]?.floats) }
  }

  @Test("a weight beyond the range of half precision stays in single precision")
  func outOfRange() throws {
    var builder = ModelBuilder()
    builder.input("x", [2, 2])
    builder.floats("w", [2, 2], [1, 2, 3, 70_000])
    builder.node("MatMul", ["x", "w"], ["y"])
    builder.output("y")
    let back = try Model(bytes: try builder.model().serialized(weights: .float16))
    #expect(back.operatorCounts == ["MatMul": 1])
    #expect(back.parameters["w"]?.floats == [1, 2, 3, 70_000])
  }

  @Test("every half-precision number survives widening and narrowing")
  func halvesSurvive() {
    let bits = (0...UInt16.max).map { $0 }
    var (wide, back) = ([Float](repeating: 0, count: bits.count), [UInt16](repeating: 0, count: bits.count))
    unsafe widenHalf(bits, &wide, count: bits.count)
    unsafe narrowToHalf(wide, &back, count: bits.count)
    for (one, other) in zip(bits, back) where one != other {
      #expect(one & 0x7C00 == 0x7C00 && one & 0x3FF != 0 && other & 0x7FFF > 0x7C00, "\(one) became \(other)")
    }
  }

  @Test("narrowing takes the nearest number, and the even one of two as near")
  func nearest() {
    var noise = Noise(5)
    let ties: [Float] = [1 + 0x1p-11, 1 + 3 * 0x1p-11, 0x1p-25, 3 * 0x1p-25, 65_519.99, 65_520, -65_520, 2049, 2051]
    let values =
      ties
      + (0..<20_000).map { _ in noise.next() * Float(sign: .plus, exponent: Int(noise.next() * 17), significand: 1) }
    var bits = [UInt16](repeating: 0, count: values.count)
    unsafe narrowToHalf(values, &bits, count: values.count)
    func wide(_ half: UInt16) -> Double {
      // Infinity stands where the next number would be.
      if half & 0x7FFF == 0x7C00 { return half & 0x8000 == 0 ? 65_536 : -65_536 }
      var value: Float = 0
      unsafe widenHalf([half], &value, count: 1)
      return Double(value)
    }
    for (value, half) in zip(values, bits) {
      let distance = abs(wide(half) - Double(value))
      if half & 0x7FFF > 0 { #expect(distance <= abs(wide(half - 1) - Double(value)), "\(value)") }
      if half & 0x7FFF < 0x7C00 { #expect(distance <= abs(wide(half + 1) - Double(value)), "\(value)") }
      let isTie =
        half & 0x7FFF > 0 && distance == abs(wide(half - 1) - Double(value))
        || half & 0x7FFF < 0x7C00 && distance == abs(wide(half + 1) - Double(value))
      if isTie { #expect(half % 2 == 0, "\(value)") }
    }
  }

  @Test("a folder that is not there is named, and nothing is left behind")
  func unwritable() throws {
    let error = #expect(throws: ModelError.self) {
      try ModelReaderTests.sample().model().write(to: "/nowhere/at/all.onnx")
    }
    #expect(error?.code == .unwritable)
    #expect(error?.message.contains("/nowhere/at/all.onnx") == true)
  }
}
