import Foundation
import SwiftProtobuf
import Testing

@testable import Neural

/// The operator tests that the ONNX project publishes (`backend/test/data/node` of its wheel, version 1.17.0).
@Suite("ONNX conformance") struct ConformanceTests {
  /// Operators this engine promises in float32.
  static let promised: Set<String> = [
    "Conv", "ConvTranspose", "BatchNormalization", "InstanceNormalization", "Gemm", "MatMul", "MaxPool", "AveragePool",
    "GlobalAveragePool", "GlobalMaxPool", "Relu", "LeakyRelu", "PRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh",
    "Elu", "Softmax", "LogSoftmax", "Clip", "Add", "Sub", "Mul", "Div", "Pow", "Sqrt", "Exp", "Log", "Abs", "Neg",
    "Erf",
    "Min", "Max", "Reciprocal", "Concat", "Split", "Slice", "Pad", "Reshape", "Flatten", "Transpose", "Squeeze",
    "Unsqueeze", "Expand", "Tile", "Gather", "Shape", "Cast", "Constant", "ConstantOfShape", "Identity", "Dropout",
    "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum",
    "ReduceLogSumExp", "ReduceSumSquare", "Resize", "LRN", "DepthToSpace", "SpaceToDepth",
  ]

  @Test("every case of the manifest passes, on one thread and on three", arguments: [1, 3])
  func manifestPasses(threads: Int) throws {
    let folder = try Fixtures.folder(".cache/onnx-node-tests")
    for name in try Fixtures.lines("onnx-node-manifest.txt") {
      var each = ConformanceCase(folder: folder + "/" + name)
      each.sharesEverything = true
      let outcome = each.run(threads: threads)
      #expect(outcome == .passed, "\(name)")
    }
  }

  @Test("the manifest lists every case that passes, sorted")
  func manifestIsComplete() throws {
    let listed = try Fixtures.lines("onnx-node-manifest.txt")
    #expect(listed == listed.sorted())
    let known = Set(listed)
    for each in ConformanceCase.cases(in: try Fixtures.folder(".cache/onnx-node-tests"))
    where !known.contains(each.name) {
      #expect(each.run() != .passed, "\(each.name) passes: add it to onnx-node-manifest.txt")
    }
  }

  @Test("every case of a promised operator is in the manifest or excluded with a reason")
  func promisedOperatorsAreCovered() throws {
    let listed = Set(try Fixtures.lines("onnx-node-manifest.txt"))
    var excluded: Set<String> = []
    for line in try Fixtures.lines("onnx-node-exclusions.txt") {
      let parts = line.split(separator: "#", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      try #require(parts.count == 2 && !parts[1].isEmpty, "`\(line)` gives no reason")
      excluded.insert(parts[0])
    }
    #expect(listed.isDisjoint(with: excluded))
    for each in ConformanceCase.cases(in: try Fixtures.folder(".cache/onnx-node-tests")) {
      let proto = try Onnx_ModelProto(serializedBytes: try Model.read(each.folder + "/model.onnx"))
      guard proto.graph.node.allSatisfy({ Self.promised.contains($0.opType) && $0.domain.isEmpty }) else { continue }
      #expect(listed.contains(each.name) || excluded.contains(each.name), "\(each.name)")
    }
  }

  @Test("a recorded value outside the tolerance fails the case and names the output")
  func differencesAreReported() {
    let recorded = Tensor([3], floats: [1, 2, .nan])
    #expect(ConformanceCase.difference(Tensor([3], floats: [1.0005, 2, .nan]), recorded, .onnx) == nil)
    #expect(
      ConformanceCase.difference(Tensor([3], floats: [1.0005, 2.1, .nan]), recorded, .onnx)?.contains("1 of 3") == true)
    #expect(ConformanceCase.difference(Tensor([3], floats: [1, 2, 0]), recorded, .onnx) != nil)
    #expect(
      ConformanceCase.difference(Tensor([1, 3], floats: [1, 2, .nan]), recorded, .onnx)?.contains("shape") == true)
  }
}

@Suite("Self-test") struct SelfTestTests {
  @Test("the shipped models reproduce their recorded masks", arguments: ["effunet", "unet_v1", "unet"], [1, 2])
  func shippedModelsAgree(name: String, threads: Int) throws {
    try SelfTest.run(try Fixtures.folder("Models/\(name)"), threads: threads)
  }

  @Test("a model whose recorded result differs is refused")
  func otherResultIsRefused() throws {
    let source = try Fixtures.folder("Models/unet_v1")
    let folder = FileManager.default.temporaryDirectory.appending(path: "unmask-self-test-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: URL(filePath: source), to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let output = folder.appending(path: "test_data_set_0/output_0.pb")
    var proto = try Onnx_TensorProto(serializedBytes: [UInt8](Data(contentsOf: output)))
    // The middle pixel becomes 1, which no honest mask of this input has.
    let middle = proto.rawData.count / 8 * 4
    proto.rawData.replaceSubrange(middle..<middle + 4, with: [0, 0, 0x80, 0x3F])
    let bytes: Data = try proto.serializedBytes()
    try FileManager.default.removeItem(at: output)
    try bytes.write(to: output)
    let error = #expect(throws: ModelError.self) { try SelfTest.run(folder.path) }
    #expect(error?.code == .wrongResult)
  }

  @Test("the face detector's networks reproduce their recorded results", arguments: ["pnet", "rnet", "onet"])
  func faceNetworksAgree(name: String) throws {
    let folder = try Fixtures.folder(".cache/mtcnn/" + name)
    #expect(ConformanceCase(folder: folder).run(tolerance: Tolerance(relative: 1e-4, absolute: 1e-5)) == .passed)
  }
}
