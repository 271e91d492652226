import Foundation
import SwiftProtobuf
import Testing

@testable import Neural

@Suite("Reading models") struct ModelReaderTests {
  /// x -> Conv -> BatchNormalization -> Relu -> Flatten -> y, with a shape computed on the way.
  static func sample() -> ModelBuilder {
    var builder = ModelBuilder()
    builder.input("x", [-1, 2, 5, 5])
    builder.floats("w", [3, 2, 3, 3], (0..<54).map { Float($0) / 54 })
    for name in ["scale", "bias", "mean", "variance"] { builder.floats(name, [3], [1, 2, 3]) }
    builder.integers("start", [0])
    builder.integers("rest", [-1])
    builder.node("Conv", ["x", "w"], ["c"], ["pads": [1, 1, 1, 1]])
    builder.node("BatchNormalization", ["c", "scale", "bias", "mean", "variance"], ["n"])
    builder.node("Relu", ["n"], ["r"])
    builder.node("Shape", ["x"], ["s"])
    builder.node("Gather", ["s", "start"], ["batch"], ["axis": [0]])
    builder.node("Concat", ["batch", "rest"], ["target"], ["axis": [0]])
    builder.node("Reshape", ["r", "target"], ["y"])
    builder.output("y")
    builder.proto.metadataProps = [
      .with {
        $0.key = "threshold"; $0.value = "0.9"
      }
    ]
    return builder
  }

  private func refusal(_ builder: ModelBuilder, _ code: ModelError.Code, _ words: String...) {
    let error = #expect(throws: ModelError.self) { try builder.network() }
    #expect(error?.code == code)
    for word in words { #expect(error?.message.contains(word) == true, "\(error?.message ?? "") names \(word)") }
  }

  @Test("tells inputs, outputs, properties and counts before anything is run")
  func introspection() throws {
    let model = try Self.sample().model()
    #expect(model.inputs.map(\.description) == ["x float32 (N, 2, 5, 5)"])
    #expect(model.outputs.map(\.name) == ["y"])
    #expect(model.metadata == ["threshold": "0.9"])
    #expect(model.operatorCounts["Conv"] == 1)
    #expect(model.parameterCount == 54 + 12)
    #expect(model.operatorSet == 17)
  }

  @Test("refuses what it cannot run, naming the node or tensor")
  func refusals() {
    var builder = Self.sample()
    builder.proto.graph.node[2].opType = "Wobble"
    refusal(builder, .unsupported, "`r`", "Wobble")

    builder = Self.sample()
    builder.proto.graph.node[2].domain = "com.example"
    refusal(builder, .unsupported, "com.example")

    builder = Self.sample()
    builder.proto.graph.initializer[0].floatData.removeLast()
    refusal(builder, .malformed, "`w`", "54", "53")

    builder = Self.sample()
    builder.proto.graph.initializer[0].dims = [1 << 40, 1 << 40]
    refusal(builder, .tooLarge, "`w`")

    builder = Self.sample()
    builder.proto.graph.initializer[0].dims = [-3, 18]
    refusal(builder, .malformed, "`w`", "negative")

    builder = Self.sample()
    builder.proto.graph.initializer[0].dataLocation = .external
    refusal(builder, .unsupported, "`w`", "another file")

    builder = Self.sample()
    builder.proto.graph.initializer[0].dataType = 8
    refusal(builder, .unsupported, "`w`", "string")

    builder = Self.sample()
    builder.proto.graph.node[0].input[1] = "v"
    refusal(builder, .malformed, "`c`", "`v`")

    builder = Self.sample()
    builder.proto.graph.node[0].input[0] = "r"
    refusal(builder, .malformed, "cycle")

    builder = Self.sample()
    builder.proto.graph.node[2].output[0] = "c"
    refusal(builder, .malformed, "`c`", "already taken")

    builder = Self.sample()
    builder.proto.graph.output[0].name = "z"
    refusal(builder, .malformed, "`z`")

    builder = Self.sample()
    builder.proto.opsetImport[0].version = 9
    refusal(builder, .unsupported, "operator set 9")

    builder = Self.sample()
    builder.proto.irVersion = 99
    refusal(builder, .unsupported, "99")

    builder = Self.sample()
    builder.proto.graph.node[0].attribute.append(builder.proto.graph.node[0].attribute[0])
    refusal(builder, .malformed, "`c`", "twice")
  }

  @Test("nodes may stand in any order that has one")
  func anyOrder() throws {
    var builder = Self.sample()
    let values = Array(repeating: Float(0.5), count: 50)
    func run(_ builder: ModelBuilder) throws -> [Float] {
      let execution = try builder.network().execution(inputs: ["x": [1, 2, 5, 5]])
      execution.set("x", values)
      execution.run()
      return execution.values("y")
    }
    let expected = try run(builder)
    builder.proto.graph.node.reverse()
    let reversed = try run(builder)
    #expect(reversed == expected)
    #expect(expected.count == 75)
  }

  @Test("a missing file, an empty one and a text are refused in one sentence that names the file")
  func notModels() throws {
    let folder = FileManager.default.temporaryDirectory.path
    #expect(throws: ModelError.self) { try Model(contentsOf: folder + "/no-such.onnx") }
    for (name, bytes) in [("empty.onnx", Data()), ("text.onnx", Data("not a model at all, but words\n".utf8))] {
      let path = folder + "/unmask-\(UUID().uuidString)-" + name
      try bytes.write(to: URL(filePath: path))
      defer { try? FileManager.default.removeItem(atPath: path) }
      let error = #expect(throws: ModelError.self) { try Model(contentsOf: path) }
      #expect(error?.message.hasPrefix(path) == true)
      #expect(error?.message.contains("\n") == false)
    }
  }

  @Test("a processor without the kernels' instructions is told from one that has them")
  func processors() {
    let old = "processor\t: 0\nflags\t\t: fpu sse4_2 avx\n\nprocessor\t: 1\n"
    #expect(Processor.missing(["avx2", "fma"], cpuinfo: old) == ["avx2", "fma"])
    #expect(Processor.missing(["avx2", "fma"], cpuinfo: "flags\t\t: fpu fma avx avx2 bmi1\n") == [])
    #expect(Processor.missing(["avx2"], cpuinfo: "") == [])
  }

  /// Reads, optimises, plans and runs; errors are fine, traps end the test process.
  func exercise(_ bytes: [UInt8]) {
    guard let model = try? Model(bytes: bytes), let network = try? Network(model) else { return }
    var inputs: [String: Shape] = [:]
    for info in network.inputs {
      let sizes = (info.dimensions ?? []).map { dimension in if case .fixed(let size) = dimension { size } else { 1 } }
      guard Shape(sizes).count <= 1 << 16 else { return }
      inputs[info.name] = Shape(sizes)
    }
    guard let plan = try? network.plan(inputs: inputs, constants: [:], threads: 1), plan.multiplyAdds < 1 << 24,
      plan.memory.elements < 1 << 22
    else { return }
    Execution(plan, threads: 1).run()
  }

  @Test("a file cut short at any byte is refused and never traps")
  func cutShort() throws {
    let bytes = try Self.sample().bytes()
    for length in 0..<bytes.count { exercise(Array(bytes[..<length])) }
    let error = #expect(throws: ModelError.self) { try Model(bytes: Array(bytes[..<(bytes.count / 2)])) }
    #expect(error?.message.contains("cut short") == true)
  }

  @Test("flipped bytes never trap", arguments: 0..<8 as Range<UInt64>)
  func flippedBytes(seed: UInt64) throws {
    let bytes = try Self.sample().bytes()
    var noise = Noise(seed + 1)
    for _ in 0..<4000 {
      var damaged = bytes
      for _ in 0...Int(noise.bits() % 4) {
        damaged[Int(noise.bits() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: noise.bits() >> 8)
      }
      exercise(damaged)
    }
  }

  @Test("damaged operator tests never trap")
  func damagedOperators() throws {
    let folder = try Fixtures.folder(".cache/onnx-node-tests")
    var noise = Noise(7)
    for name in try Fixtures.lines("onnx-node-manifest.txt") {
      let bytes = try Model.read(folder + "/" + name + "/model.onnx")
      for _ in 0..<40 {
        var damaged = bytes
        damaged[Int(noise.bits() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: noise.bits() >> 8)
        exercise(damaged)
      }
    }
  }
}
