public import Neural

/// The shallow classifiers of Tariq et al., “Detecting Both Machine and Human Created Fake Face Images In the Wild”
/// (2018). Input `input` (N, 3, side, side) in 0…1, output `scores` (N, 2), each a sigmoid of its own.
public enum ShallowNet {
  /// V1: five blocks of three normalised 3×3 convolutions and a maximum, two more convolutions, two dense layers.
  public static func first(side: Int, seed: UInt64) throws(ModelError) -> Model {
    var builder = ModelBuilder(seed: seed)
    var x = try builder.input("input", [3, side, side])
    for (block, features) in [96, 192, 257, 311, 396].enumerated() {
      for layer in 0..<3 { x = try normalized("block.\(block).\(layer)", x, to: features, kernel: 3, &builder) }
      x = try builder.maxPool("block.\(block).pool", x, kernel: 3, stride: 2)
      x = try builder.dropout("block.\(block).drop", x, ratio: 0.25)
    }
    x = try normalized("neck.0", x, to: 437, kernel: 3, &builder)
    x = try normalized("neck.1", x, to: 437, kernel: 1, &builder)
    x = try builder.gemm("dense.0", try builder.flatten("flat", x), to: 3933)
    x = try builder.dropout("dense.drop", try builder.batchNorm("dense.norm", x), ratio: 0.25)
    return try finished(x, &builder)
  }

  /// V3: three rounds of a valid convolution and 1×1 ones, two dense layers.
  public static func third(side: Int, seed: UInt64) throws(ModelError) -> Model {
    var builder = ModelBuilder(seed: seed)
    var x = try builder.input("input", [3, side, side])
    for (round, (features, kernel)) in [(32, 5), (64, 3), (128, 3)].enumerated() {
      x = try rectified("round.\(round).0", x, to: features, kernel: kernel, &builder)
      if round < 2 {
        x = try rectified("round.\(round).1", x, to: features, kernel: 1, &builder)
        x = try rectified("round.\(round).2", x, to: features, kernel: 1, &builder)
        x = try builder.maxPool("round.\(round).pool", x)
      } else {
        x = try rectified("round.\(round).1", x, to: 32, kernel: 1, &builder)
      }
      x = try builder.dropout("round.\(round).drop", x, ratio: 0.25)
    }
    x = try builder.relu("dense.relu", try builder.gemm("dense.0", try builder.flatten("flat", x), to: 1024))
    x = try builder.dropout("dense.drop", try builder.batchNorm("dense.norm", x), ratio: 0.25)
    return try finished(x, &builder)
  }

  private static func finished(_ x: ModelBuilder.Value, _ builder: inout ModelBuilder) throws(ModelError) -> Model {
    try builder.output("scores", try builder.sigmoid("sigmoid", try builder.gemm("logits", x, to: 2)))
    return try builder.model()
  }

  /// Same-padded convolution, normalisation, rectifier.
  private static func normalized(
    _ name: String, _ x: ModelBuilder.Value, to features: Int, kernel: Int, _ builder: inout ModelBuilder
  ) throws(ModelError) -> ModelBuilder.Value {
    let convolved = try builder.conv(name + ".conv", x, to: features, kernel: kernel, padding: kernel / 2)
    return try builder.relu(name + ".relu", try builder.batchNorm(name + ".norm", convolved))
  }

  /// Valid convolution, rectifier.
  private static func rectified(
    _ name: String, _ x: ModelBuilder.Value, to features: Int, kernel: Int, _ builder: inout ModelBuilder
  ) throws(ModelError) -> ModelBuilder.Value {
    try builder.relu(name + ".relu", try builder.conv(name + ".conv", x, to: features, kernel: kernel))
  }
}
