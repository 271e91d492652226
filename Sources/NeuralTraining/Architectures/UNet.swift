public import Neural

/// The classical U-Net (Ronneberger et al., arXiv:1505.04597) with same padding and batch normalisation: at each of
/// `levels` two 3×3 convolutions, `base` features doubling from level to level; 2×2 maxima on the way down, transposed
/// 2×2 convolutions and concatenation with the level's features on the way up; a 1×1 head and a sigmoid.
///
/// One reading of “32 features, 5 steps” and “16 features, 6 steps”: the steps include the lowest level. The two have
/// nearly the same number of weights, 7.77 million, and differ threefold in cost.
///
/// Gated, it asks first whether the face is fake at all: the means and the maxima of each feature of the three lowest
/// levels go into one logit, `real_fake`, more than 0 for fake, and the mask is the product of both answers. A network
/// trained for masks alone soon marks every face, since a mask on a real face costs it no more than a missed one (the
/// multi-task idea of Nguyen et al., arXiv:1906.06876).
///
/// Input `input` (N, channels, side, side) in −1…1, output `mask` (N, 1, side, side) in 0…1; `logits` is what goes into
/// the pixels' sigmoid. Parameters are named `enc.0.0.weight` and so on, as in a PyTorch module of the same build.
public struct UNet: Sendable, Hashable {
  public var base: Int
  public var levels: Int
  public var channels: Int
  public var side: Int
  public var isGated: Bool

  /// - Precondition: `side` is divisible by 2 to the power of `levels` − 1; a gated one has three levels or more.
  public init(base: Int, levels: Int, channels: Int = 3, side: Int = 256, isGated: Bool = false) {
    precondition(
      levels > 0 && side % (1 << (levels - 1)) == 0, "a side of \(side) cannot be halved \(levels - 1) times")
    precondition(!isGated || levels >= 3, "a head that sees three levels has \(levels) to see")
    (self.base, self.levels, self.channels, self.side, self.isGated) = (base, levels, channels, side, isGated)
  }

  /// The network with fresh weights. It may be trained at any height and width that can be halved as often.
  public func model(seed: UInt64) throws(ModelError) -> Model {
    var builder = ModelBuilder(seed: seed)
    var x = try builder.input("input", [channels, side, side])
    var features: [ModelBuilder.Value] = []
    for level in 0..<levels {
      if level > 0 { x = try builder.maxPool("pool.\(level - 1)", x) }
      x = try Self.block("enc.\(level)", x, to: base << level, &builder)
      features.append(x)
    }
    let head = isGated ? try Self.head(over: features.suffix(3), &builder) : nil
    for level in (0..<levels - 1).reversed() {
      let up = try builder.convTranspose("up.\(level)", x, to: base << level, kernel: 2, stride: 2)
      let joined = try builder.concat("join.\(level)", [features[level], up])
      x = try Self.block("dec.\(level)", joined, to: base << level, &builder)
    }
    var mask = try builder.sigmoid("where", try builder.conv("logits", x, to: 1))
    if let head { mask = try builder.product("gated", mask, try builder.sigmoid("whether", head)) }
    try builder.output("mask", mask)
    return try builder.model()
  }

  /// One logit from what the levels see as a whole.
  private static func head(
    over levels: ArraySlice<ModelBuilder.Value>, _ builder: inout ModelBuilder
  ) throws(ModelError) -> ModelBuilder.Value {
    var seen: [ModelBuilder.Value] = []
    for (index, level) in levels.enumerated() { seen.append(try builder.globalAveragePool("mean.\(index)", level)) }
    for (index, level) in levels.enumerated() { seen.append(try builder.globalMaxPool("maximum.\(index)", level)) }
    return try builder.conv("real_fake", try builder.concat("seen", seen), to: 1)
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
