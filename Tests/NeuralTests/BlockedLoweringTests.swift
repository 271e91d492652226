import Testing

@testable import Neural

@Suite("The blocked layout against the plain kernels")
struct BlockedLoweringTests {
  /// The package's root.
  static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

  @Test(
    "a shipped model's mask is the same to 1e-4 on one thread and on several, and agrees with its golden output",
    arguments: ["effunet", "unet_v1", "unet"])
  func shippedModels(name: String) throws {
    let folder = Self.root + "/Models/" + name
    let network = try Network(try Model(contentsOf: folder + "/model.onnx"))
    let input = try Tensor(contentsOf: folder + "/test_data_set_0/input_0.pb")
    let golden = try #require(try Tensor(contentsOf: folder + "/test_data_set_0/output_0.pb").floats)
    let plain = try Self.outputs(network, input, blocked: false)
    for threads in [1, 2, 3] {
      let blocked = try Self.outputs(network, input, threads: threads)
      #expect(Self.difference(plain[0], blocked[0]) < 1e-4)
      #expect(Self.difference(golden, blocked[0]) < 1e-4)
    }
  }

  @Test(
    "the face networks agree at odd sizes and in batches",
    arguments: [
      ("pnet", [1, 3, 12, 12]), ("pnet", [1, 3, 13, 17]), ("pnet", [1, 3, 67, 41]), ("pnet", [2, 3, 24, 25]),
      ("rnet", [1, 3, 24, 24]), ("rnet", [7, 3, 24, 24]), ("onet", [1, 3, 48, 48]), ("onet", [5, 3, 48, 48]),
    ])
  func faceNetworks(name: String, shape: [Int]) throws {
    let path = Self.root + "/.cache/mtcnn/\(name)/model.onnx"
    guard let model = try? Model(contentsOf: path) else {
      Issue.record("\(path) is missing; run `make setup`")
      return
    }
    let network = try Network(model)
    let input = Tensor(Shape(shape), floats: Self.noise(Shape(shape).count))
    let plain = try Self.outputs(network, input, blocked: false)
    for threads in [1, 2] {
      let blocked = try Self.outputs(network, input, threads: threads)
      for (a, b) in zip(plain, blocked) { #expect(Self.difference(a, b) < 2e-5) }
    }
  }

  /// All outputs of one run.
  static func outputs(
    _ network: Network, _ input: Tensor, threads: Int = 1, blocked: Bool = true
  ) throws -> [[Float]] {
    let name = network.inputs[0].name
    let plan = try network.plan(
      inputs: [name: input.shape], constants: [:], threads: threads, blocked: blocked)
    #expect(plan.tensors.contains { $0.layout == .blocked } == blocked)
    let execution = Execution(plan, threads: threads)
    let values = try #require(input.floats)
    execution.withInput(name) { span in for index in span.indices { span[index] = values[index] } }
    // The second run finds the arena full of the first one's values.
    execution.run()
    execution.run()
    return network.outputs.map { output in
      execution.withOutput(output.name) { span in span.indices.map { span[$0] } }
    }
  }

  static func noise(_ count: Int) -> [Float] {
    var state: UInt32 = 12_345
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / 8_388_608 - 1
    }
  }

  static func difference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { $1.0.isNaN || $1.1.isNaN ? .infinity : max($0, abs($1.0 - $1.1)) }
  }
}
