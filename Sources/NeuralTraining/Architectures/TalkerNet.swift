public import Neural

/// The AlexNet variant of FakeTalkerDetect (Jeon et al., 2019): convolutions without bias or normalisation, global
/// average, two dense layers. Input `input` (N, 3, side, side) in 0…1, output `score` (N, 1): the probability of a fake.
public enum TalkerNet {
  public static func model(side: Int, seed: UInt64) throws(ModelError) -> Model {
    var builder = ModelBuilder(seed: seed)
    var x = try builder.input("input", [3, side, side])
    // An 11×11 window at stride 4, padded so that the output has a quarter of the side: the odd pixel goes behind.
    let padding = max(11 - (side % 4 == 0 ? 4 : side % 4), 0)
    let before = padding / 2
    x = try builder.conv(
      "conv.0", x, to: 96, kernel: 11, stride: 4, pads: [before, before, padding - before, padding - before],
      bias: false)
    x = try builder.relu("relu.0", x)
    x = try layer(1, x, to: 256, kernel: 5, &builder)
    x = try builder.maxPool("pool.0", x, kernel: 3, stride: 2)
    x = try layer(2, x, to: 384, kernel: 3, &builder)
    x = try builder.maxPool("pool.1", x, kernel: 3, stride: 2)
    x = try layer(3, x, to: 384, kernel: 3, &builder)
    x = try layer(4, x, to: 256, kernel: 3, &builder)
    x = try builder.maxPool("pool.2", x, kernel: 3, stride: 2, padding: x.shape[2] < 3 ? 1 : 0)
    x = try builder.flatten("flat", try builder.globalAveragePool("mean", x))
    x = try builder.relu("dense.relu", try builder.gemm("dense", x, to: 4096))
    try builder.output("score", try builder.sigmoid("sigmoid", try builder.gemm("logits", x, to: 1)))
    return try builder.model()
  }

  private static func layer(
    _ index: Int, _ x: ModelBuilder.Value, to features: Int, kernel: Int, _ builder: inout ModelBuilder
  ) throws(ModelError) -> ModelBuilder.Value {
    try builder.relu(
      "relu.\(index)",
      try builder.conv("conv.\(index)", x, to: features, kernel: kernel, padding: kernel / 2, bias: false))
  }
}
