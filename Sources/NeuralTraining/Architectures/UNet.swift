public import Neural

/// The classical U-Net (Ronneberger et al., arXiv:1505.04597) with same padding and batch normalisation: at each of
/// `levels` two 3×3 convolutions, `base` features doubling from level to level; 2×2 maxima on the way down, transposed
/// 2×2 convolutions and concatenation with the level's features on the way up; a 1×1 head and a sigmoid.
///
/// One reading of “32 features, 5 steps” and “16 features, 6 steps”: the steps include the lowest level. The two have
/// nearly the same number of weights, 7.77 million, and differ threefold in cost.
///
/// Input `input` (N, channels, side, side) in −1…1, output `mask` (N, 1, side, side) in 0…1; `logits` is what goes
/// into the sigmoid. Parameters are named `enc.0.0.weight` and so on, as in a PyTorch module of the same build.
public struct UNet: Sendable, Hashable {
  public var base: Int
  public var levels: Int
  public var channels: Int
  public var side: Int

  /// - Precondition: `side` is divisible by 2 to the power of `levels` − 1.
  public init(base: Int, levels: Int, channels: Int = 3, side: Int = 256) {
    precondition(
      levels > 0 && side % (1 << (levels - 1)) == 0, "a side of \(side) cannot be halved \(levels - 1) times")
    (self.base, self.levels, self.channels, self.side) = (base, levels, channels, side)
  }

  /// The network with fresh weights. It may be trained at any height and width that can be halved as often.
  public func model(seed: UInt64) throws(ModelError) -> Model {
    var builder = ModelBuilder(seed: seed)
    var x = try builder.input("input", [channels, side, side])
    var skips: [ModelBuilder.Value] = []
    for level in 0..<levels {
      if level > 0 { x = try builder.maxPool("pool.\(level - 1)", x) }
      x = try Self.block("enc.\(level)", x, to: base << level, &builder)
      if level < levels - 1 { skips.append(x) }
    }
    for level in (0..<levels - 1).reversed() {
      let up = try builder.convTranspose("up.\(level)", x, to: base << level, kernel: 2, stride: 2)
      let joined = try builder.concat("join.\(level)", [skips[level], up])
      x = try Self.block("dec.\(level)", joined, to: base << level, &builder)
    }
    let logits = try builder.conv("logits", x, to: 1)
    try builder.output("mask", try builder.sigmoid("sigmoid", logits))
    return try builder.model()
  }

  /// Two rounds of 3×3 convolution, normalisation, rectifier.
  private static func block(
    _ name: String, _ x: ModelBuilder.Value, to features: Int, _ builder: inout ModelBuilder
  ) throws(ModelError) -> ModelBuilder.Value {
    var x = x
    for index in [0, 3] {
      x = try builder.conv("\(name).\(index)", x, to: features, kernel: 3, padding: 1, bias: false)
      x = try builder.batchNorm("\(name).\(index + 1)", x)
      x = try builder.relu("\(name).\(index + 2)", x)
    }
    return x
  }
}
