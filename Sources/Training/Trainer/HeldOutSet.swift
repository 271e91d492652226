internal import Forensics
public import Neural

/// A fixed set of pairs of people that are never trained on, and what a model makes of them.
///
/// The model is asked through the engine that scans, batch norms folded and weights as they would be shipped: what is
/// measured is what a user gets.
public struct HeldOutSet: Sendable {
  public let pairs: [TrainingPair]
  /// The least points of a component, at this size, for which the frame rule fires.
  public let minimumComponent: Int
  private let pairsPerBatch: Int

  /// Draws the pairs; the same seed draws the same ones.
  /// - Parameter threads: how many threads make them.
  /// - Throws: what the source throws.
  public init(from source: some PairSource, recipe: TrainingRecipe, threads: Int) throws {
    let seed = recipe.seed
    let queue = BatchQueue(firstStep: 0, pairsPerStep: recipe.validationPairs, workers: threads, ahead: 1) {
      step, slot in
      try source.pair(PairDraw(seed: seed, part: .heldOut, step: step, slot: slot, difficulty: 1))
    }
    pairs = try queue.next()
    pairsPerBatch = recipe.pairsPerStep
    minimumComponent = Self.minimumComponent(size: recipe.size)
  }

  /// The seed article's 100 points hold for masks of 256×256; smaller masks have the same share of theirs.
  static func minimumComponent(size: Int) -> Int { max(1, 100 * size * size / (256 * 256)) }

  /// What a model made of the pairs.
  public struct Findings: Sendable {
    /// Mean loss over batches of the training's size.
    public let loss: Float
    public let dice: Float
    public let auroc: Float
    /// 95 % of the bootstrap over pairs.
    let aurocInterval: Interval?
    public let balancedAccuracy: Float
    public let threshold: Float
    /// The first pairs with their masks.
    public let rows: [ContactSheet.Row]
  }

  /// Runs the model on every real face and every fake.
  /// - Parameters:
  ///   - rows: how many pairs to keep with their masks, for the contact sheet.
  /// - Throws: `ModelError` when the model does not run at this size.
  public func findings(of model: Model, rows: Int, threads: Int) throws -> Findings {
    let side = pairs[0].side
    let output = try MaskOutput(of: model)
    let execution = try Network(model).execution(
      inputs: [output.input: Shape([1, 3, side, side])], threads: threads)
    var scorer = MaskScorer(width: side, height: side)
    let rule = FrameRule(threshold: 0.5, minimumComponent: minimumComponent)
    func mask(of picture: [UInt8]) -> (mask: [Float], score: Float) {
      execution.withInput(output.input) { PicturePlanes.fill(&$0, from: 0, with: picture) }
      execution.run()
      return execution.withOutput(output.mask) { mask in
        (mask.indices.map { mask[$0] }, scorer.finding(in: mask, rule: rule).score)
      }
    }
    var kept: [ContactSheet.Row] = []
    var scores: (fakes: [Float], reals: [Float]) = ([], [])
    var dice: Float = 0
    var losses: [Double] = []
    var tally = MaskLossTally()
    for (index, pair) in pairs.enumerated() {
      let (onReal, realScore) = mask(of: pair.real)
      let (onFake, fakeScore) = mask(of: pair.fake)
      scores.reals.append(realScore)
      scores.fakes.append(fakeScore)
      dice += Self.dice(onFake, pair.mask)
      tally.add(onReal, truth: nil)
      tally.add(onFake, truth: pair.mask)
      if (index + 1) % pairsPerBatch == 0 || index + 1 == pairs.count {
        losses.append(tally.loss)
        tally = MaskLossTally()
      }
      if index < rows {
        kept.append(
          ContactSheet.Row(pair: pair, onReal: onReal, onFake: onFake, realScore: realScore, fakeScore: fakeScore))
      }
    }
    let best = ROC.bestThreshold(fakes: scores.fakes, reals: scores.reals)
    return Findings(
      loss: Float(losses.reduce(0, +) / Double(losses.count)), dice: dice / Float(pairs.count),
      auroc: ROC.area(fakes: scores.fakes, reals: scores.reals),
      aurocInterval: Self.interval(fakes: scores.fakes, reals: scores.reals), balancedAccuracy: best.balancedAccuracy,
      threshold: best.threshold, rows: kept)
  }

  /// Pairs are drawn whole, since a fake and its original are alike.
  private static func interval(fakes: [Float], reals: [Float]) -> Interval? {
    let bootstrap = Bootstrap(rounds: 500)
    var areas: [Double] = []
    bootstrap.weights(clusters: fakes.count) { weights in
      var (drawnFakes, drawnReals): ([Float], [Float]) = ([], [])
      for (index, weight) in weights.enumerated() {
        for _ in 0..<Int(weight) {
          drawnFakes.append(fakes[index])
          drawnReals.append(reals[index])
        }
      }
      areas.append(Double(ROC.area(fakes: drawnFakes, reals: drawnReals)))
    }
    return bootstrap.interval(of: areas)
  }

  /// 2·|A ∩ B| / (|A| + |B|) of the mask above 0.5 and the truth; 1 when both are empty.
  private static func dice(_ mask: [Float], _ truth: [UInt8]) -> Float {
    var (both, marked, changed) = (0, 0, 0)
    for index in mask.indices {
      let isMarked = mask[index] > 0.5
      let isChanged = truth[index] != 0
      if isMarked { marked += 1 }
      if isChanged { changed += 1 }
      if isMarked && isChanged { both += 1 }
    }
    return marked + changed == 0 ? 1 : 2 * Float(both) / Float(marked + changed)
  }
}

/// Sums up `BCE − ln(DICE)` over the masks of one batch, as in training: DICE = (2·Σpt + 1) / (Σp + Σt + 1).
private struct MaskLossTally {
  private var (crossEntropy, overlap, marked, changed) = (0.0, 0.0, 0.0, 0.0)
  private var count = 0

  mutating func add(_ mask: [Float], truth: [UInt8]?) {
    for index in mask.indices {
      let isChanged = truth.map { $0[index] != 0 } ?? false
      let probability = Double(mask[index])
      // A probability that rounds to 0 or 1 costs what single precision can tell apart, not infinity.
      crossEntropy -= (max(isChanged ? probability : 1 - probability, 1e-7)).logarithm
      marked += probability
      if isChanged {
        overlap += probability
        changed += 1
      }
    }
    count += mask.count
  }

  var loss: Double { crossEntropy / Double(count) - ((2 * overlap + 1) / (marked + changed + 1)).logarithm }
}
