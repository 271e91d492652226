import Foundation
import Testing

@Suite("Models on the command line")
struct ModelTests {
  private let model = Program.root + "/Models/unet_v1/model.onnx"

  private func scan(with model: String) throws -> Program.Result {
    try Program.run("scan", "--model", model, Program.cached("media/astronaut.png"))
  }

  @Test("a model cut short is refused in one sentence")
  func cutShort() throws {
    let folder = try Scratch()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: model))
    for length in [0, 1, 100, bytes.count / 2, bytes.count - 1] {
      let result = try scan(with: folder.write(bytes.prefix(length), to: "cut.onnx"))
      #expect(result.status == 2, "\(length) bytes")
      #expect(result.complaints.count == 1, "\(result.errors)")
      #expect(result.errors.contains("cut.onnx"))
      #expect(result.output.isEmpty)
    }
  }

  @Test("a model with an operator that is not known is refused by the operator's name")
  func unknownOperator() throws {
    let folder = try Scratch()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: model))
    // Another name of the same length keeps the file's structure.
    let name = try #require(bytes.range(of: Data("Sigmoid".utf8), options: .backwards))
    bytes.replaceSubrange(name, with: Data("Zigmoid".utf8))
    let result = try scan(with: folder.write(bytes, to: "strange.onnx"))
    #expect(result.status == 2)
    #expect(result.complaints.count == 1)
    #expect(result.errors.contains("Zigmoid"))
  }

  @Test("a model whose golden mask the engine does not reproduce is refused")
  func selfTest() throws {
    let folder = try Scratch()
    let original = Program.root + "/Models/unet_v1"
    try FileManager.default.copyItem(atPath: original, toPath: folder.file("unet"))
    let golden = folder.file("unet/test_data_set_0/output_0.pb")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: golden))
    // Wherever a number begins, at least one in the middle of the mask becomes another: 0x3f3f3f3f is 0.747.
    let middle = bytes.count / 2
    bytes.replaceSubrange(middle..<middle + 8, with: [UInt8](repeating: 0x3F, count: 8))
    try bytes.write(to: URL(fileURLWithPath: golden))
    let result = try scan(with: folder.file("unet"))
    #expect(result.status == 2)
    #expect(result.complaints.count == 1, "\(result.errors)")
  }

  @Test("`model test` closes with the counts of ONNX's own runner")
  func conformance() throws {
    let cases = try ["test_relu", "test_conv_with_strides_padding", "test_string_concat"].map {
      try Program.cached("onnx-node-tests/" + $0)
    }
    let result = try Program.run(["model", "test"] + cases.filter { FileManager.default.fileExists(atPath: $0) })
    #expect(result.output.hasSuffix(" passed, 0 failed, 1 unsupported\n"), "\(result.output)")
  }

  @Test("`model inspect` shows what the file says of itself")
  func inspect() throws {
    let result = try Program.run("model", "inspect", model)
    #expect(result.status == 0)
    for word in ["unet_v1", "threshold", "licence", "Conv", "256"] { #expect(result.output.contains(word)) }
  }

  @Test("`model bench` prints one JSON object")
  func bench() throws {
    let result = try Program.run("model", "bench", model, "--threads", "2", "--runs", "2", "--json")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(Set(object.keys).isSuperset(of: ["median_ms", "min_ms", "gflops", "arena_bytes"]))
  }
}
