public import Neural

/// The detector's three networks, loaded and proven; shared by all detectors.
///
/// Source: Zhang et al., Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks, 2016
/// (arXiv:1604.02878).
public struct FaceModels: Sendable {
  let proposal: Network
  let refinement: Network
  let output: Network

  /// Loads `pnet`, `rnet` and `onet` from `directory`, each a folder with `model.onnx` and `test_data_set_0`, and has
  /// each reproduce the result recorded beside it.
  ///
  /// - Throws: `ModelError`: a missing or damaged file, a network of another shape, or a result that differs.
  public init(directory: String) throws(ModelError) {
    proposal = try Self.load("pnet", from: directory, outputs: ["box", "prob"])
    refinement = try Self.load("rnet", from: directory, outputs: ["box", "prob"])
    output = try Self.load("onet", from: directory, outputs: ["box", "landmarks", "prob"])
  }

  private static func load(_ name: String, from directory: String, outputs: Set<String>) throws(ModelError) -> Network {
    let folder = "\(directory)/\(name)"
    let network = try Network(try Model(contentsOf: "\(folder)/model.onnx"))
    let names = Set(network.outputs.map(\.name))
    guard network.inputs.map(\.name) == ["input"], outputs.isSubset(of: names) else {
      throw ModelError(
        .mismatch,
        "\(folder)/model.onnx: a face network has the input `input` and the outputs \(outputs.sorted()); "
          + "this one has \(network.inputs.map(\.name)) and \(names.sorted())")
    }
    try SelfTest.run(network, folder)
    return network
  }
}
