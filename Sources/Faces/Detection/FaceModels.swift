internal import Media
public import Neural

/// The detector's three networks, loaded and proven; shared by all detectors.
///
/// Source: Zhang et al., Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks, 2016
/// (arXiv:1604.02878).
public struct FaceModels: Sendable {
  /// Which file a network came from.
  public struct Identity: Sendable, Hashable {
    /// Name and version as its metadata state them, or the name of its folder and an empty version.
    public let name: String
    public let version: String
    /// SHA-256 of the ONNX file, hexadecimal.
    public let sha256: String
  }

  /// The three networks' identities, in the order in which they run.
  public let identities: [Identity]
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
    identities = [
      try Self.identity(of: proposal, "pnet", in: directory), try Self.identity(of: refinement, "rnet", in: directory),
      try Self.identity(of: output, "onet", in: directory),
    ]
  }

  private static func identity(
    of network: Network, _ name: String, in directory: String
  ) throws(ModelError) -> Identity {
    do throws(MediaError) {
      return Identity(
        name: network.metadata["name"] ?? name, version: network.metadata["version"] ?? "",
        sha256: try SHA256.hexDigest(ofFile: "\(directory)/\(name)/model.onnx"))
    } catch {
      throw ModelError(.unreadable, error.message)
    }
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
