public import Neural

/// A U-Net that sees the picture as its Haar wavelet bands and asks first whether the face is fake at all.
///
/// - **Bands.** A fixed 2×2 transform turns each colour into its mean and three differences at half the side, the
///   differences fourfold. Nothing of the picture is lost, the traces of resampling and blending, which live in the
///   finest differences, stand in channels of their own (as FSBI feeds them, MODELS.md §9.3), and every layer behind
///   works on a quarter of the pixels.
/// - **Head.** The mean of each feature of every level on the way down goes into one logit, `real_fake`: more than 0
///   is fake. A network trained for masks alone soon marks every face, since a mask on a real face costs it no more
///   than a missed one; the head learns that difference (the multi-task idea of Nguyen et al., arXiv:1906.06876).
/// - **Gate.** The head's logit is added to that of every pixel, so that no mask appears on a face that it takes for
///   real, and both are trained by the mask's loss as well.
///
/// Input `input` (N, 3, side, side) in −1…1, output `mask` (N, 1, side, side) in 0…1; `logits` is what goes into the
/// sigmoid.
public struct HaarUNet: Sendable, Hashable {
  /// Features of each level, the first at half the side.
  public var features: [Int]
  public var side: Int

  /// - Precondition: `side` is divisible by 2 to the power of the number of levels.
  public init(features: [Int] = [24, 48, 96, 160, 224], side: Int = 256) {
    precondition(
      !features.isEmpty && side % (1 << features.count) == 0,
      "a side of \(side) cannot be halved \(features.count) times")
    (self.features, self.side) = (features, side)
  }

  /// The network with fresh weights. It may be trained at any height and width that can be halved as often.
  public func model(seed: UInt64) throws(ModelError) -> Model {
    var builder = ModelBuilder(seed: seed)
    let picture = try builder.input("input", [3, side, side])
    var x = try builder.conv(
      "haar", picture, to: 12, kernel: 2, stride: 2, bias: false, fixed: Self.bands(colours: 3))
    var skips: [ModelBuilder.Value] = []
    var means: [ModelBuilder.Value] = []
    for (level, count) in features.enumerated() {
      if level > 0 { x = try builder.maxPool("pool.\(level - 1)", x) }
      x = try Self.layer("enc.\(level).0", x, to: count, &builder)
      x = try Self.layer("enc.\(level).3", x, to: count, &builder)
      means.append(try builder.globalAveragePool("mean.\(level)", x))
      skips.append(x)
    }
    let head = try builder.conv("real_fake", try builder.concat("means", means), to: 1)
    for level in features.indices.dropLast().reversed() {
      let up = try builder.convTranspose("up.\(level)", x, to: features[level], kernel: 2, stride: 2)
      x = try Self.layer(
        "dec.\(level).0", try builder.concat("join.\(level)", [skips[level], up]), to: features[level], &builder)
    }
    let gated = try builder.sum("gate", try builder.conv("pixels", x, to: 1), head)
    let logits = try builder.enlarged("logits", gated, by: 2)
    try builder.output("mask", try builder.sigmoid("sigmoid", logits))
    return try builder.model()
  }

  /// The transform's weights, (4 · colours, colours, 2, 2): for each colour the mean of a 2×2 block, and the means'
  /// differences across, down and diagonally, times 4.
  static func bands(colours: Int) -> [Float] {
    let signs: [[Float]] = [[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]
    var weights: [Float] = []
    for colour in 0..<colours {
      for (band, sign) in signs.enumerated() {
        for source in 0..<colours {
          weights += sign.map { source == colour ? $0 * (band == 0 ? 0.25 : 1) : 0 }
        }
      }
    }
    return weights
  }

  /// 3×3 convolution, normalisation, rectifier.
  private static func layer(
    _ name: String, _ x: ModelBuilder.Value, to features: Int, _ builder: inout ModelBuilder
  ) throws(ModelError) -> ModelBuilder.Value {
    let convolved = try builder.conv(name, x, to: features, kernel: 3, padding: 1, bias: false)
    return try builder.relu(name + ".relu", try builder.batchNorm(name + ".norm", convolved))
  }
}
