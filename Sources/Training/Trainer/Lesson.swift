internal import Neural
internal import NeuralTraining

/// One step of training: a batch of pairs in, moved weights and the step's figures out.
///
/// The real pictures come first in the batch, their fakes after them in the same order.
final class Lesson {
  let network: TrainingNetwork
  let optimizer: Optimizer
  let average: WeightAverage?
  private let recipe: TrainingRecipe
  private let outputs: MaskOutput
  private let masks: TrainingExecution
  /// Computes the head and what it needs alone.
  private let head: TrainingExecution?
  private var targets: [Float]
  private let labels: [Float]

  /// What a step came to.
  struct Result {
    var loss = 0.0
    var crossEntropy = 0.0
    var dice = 0.0
    var head: Double?
    var gradientNorm = 0.0
  }

  /// - Throws: `TrainingError` for a model that cannot be trained this way or that needs more memory than there is.
  init(_ model: Model, recipe: TrainingRecipe, threads: Int) throws(TrainingError) {
    self.recipe = recipe
    outputs = try MaskOutput(of: model)
    let values = [outputs.logits ?? outputs.mask, outputs.head].compactMap(\.self)
    do {
      network = try TrainingNetwork(model, outputs: values, seed: recipe.seed)
      let shapes = [outputs.input: Shape([recipe.batch, 3, recipe.size, recipe.size])]
      try Self.checkMemory(network, shapes, recipe, threads)
      masks = try network.execution(inputs: shapes, threads: threads)
      head =
        if recipe.headOnly > 0, let name = outputs.head {
          try network.execution(inputs: shapes, outputs: [name], threads: threads)
        } else {
          nil
        }
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError("\(error)")
    }
    optimizer = Optimizer(recipe.optimizerMethod, for: network, sparesVectors: true)
    average = recipe.averaging > 0 ? WeightAverage(of: network, decay: Double(recipe.averaging)) : nil
    let pixels = recipe.size * recipe.size
    targets = Array(repeating: 0, count: recipe.batch * pixels)
    labels = (0..<recipe.batch).map { $0 < recipe.pairsPerStep ? 0 : 1 }
  }

  /// - Throws: `TrainingError` when the loss is no number any more; the weights are then as they were.
  func take(_ pairs: [TrainingPair], step: Int, learningRate: Float) throws(TrainingError) -> Result {
    let execution = step < recipe.headOnly ? head ?? masks : masks
    execution.withInput(outputs.input) { planes in
      for (place, pair) in pairs.enumerated() {
        PicturePlanes.fill(&planes, from: place, with: pair.real)
        PicturePlanes.fill(&planes, from: pairs.count + place, with: pair.fake)
      }
    }
    execution.forward()
    var result = Result()
    if let name = outputs.head { result.head = addHeadLoss(to: name, of: execution) }
    if execution === masks {
      fillTargets(pairs)
      let value = addMaskLoss(of: execution)
      (result.crossEntropy, result.dice) = (value.crossEntropy, value.dice)
      result.loss = value.total
    }
    result.loss += result.head ?? 0
    guard result.loss.isFinite else {
      throw TrainingError(
        "step \(step + 1): the loss is \(result.loss); go on from the last checkpoint with a lower --learning-rate or with --clip 1"
      )
    }
    execution.backward()
    result.gradientNorm =
      recipe.clip > 0 ? network.clipGradients(toNorm: Double(recipe.clip)) : network.gradientNorm
    optimizer.update(learningRate: Double(learningRate))
    average?.update()
    return result
  }

  private func fillTargets(_ pairs: [TrainingPair]) {
    let pixels = recipe.size * recipe.size
    for (place, pair) in pairs.enumerated() {
      let start = (pairs.count + place) * pixels
      for pixel in 0..<pixels { targets[start + pixel] = Float(pair.mask[pixel]) }
    }
  }

  private func addMaskLoss(of execution: TrainingExecution) -> SegmentationLoss.Value {
    let loss = SegmentationLoss()
    let (targets, samples) = (targets, recipe.batch)
    guard let logits = outputs.logits else {
      return execution.addLoss(to: outputs.mask) { values, gradient in
        loss.add(probabilities: values, targets: targets.span, samples: samples, to: &gradient)
      }
    }
    return execution.addLoss(to: logits) { values, gradient in
      loss.add(logits: values, targets: targets.span, samples: samples, to: &gradient)
    }
  }

  private func addHeadLoss(to name: String, of execution: TrainingExecution) -> Double {
    let (labels, weight) = (labels, Double(recipe.headWeight))
    return execution.addLoss(to: name) { logits, gradient in
      BinaryCrossEntropy(weight: weight).add(logits: logits, targets: labels.span, to: &gradient)
        + PairRankingLoss(weight: weight).add(logits: logits, to: &gradient)
    }
  }

  private static func checkMemory(
    _ network: TrainingNetwork, _ shapes: [String: Shape], _ recipe: TrainingRecipe, _ threads: Int
  ) throws {
    // Parameters, gradients and moments exist already or are small beside the activations.
    let needed = try network.bytes(inputs: shapes, threads: threads)
    guard let free = FreeMemory.bytes, needed > free else { return }
    func gigabytes(_ bytes: Int) -> String { "\((Double(bytes) / 1e8).rounded() / 10) GB" }
    throw TrainingError(
      "\(recipe.batch) pictures of \(recipe.size)×\(recipe.size) a step need \(gigabytes(needed)) and \(gigabytes(free)) are free; lower --batch or --size"
    )
  }
}

extension TrainingRecipe {
  var optimizerMethod: OptimizerMethod {
    switch method {
    case .adam: .adam(weightDecay: Double(weightDecay))
    case .adamw: .adamW(weightDecay: Double(weightDecay))
    case .sgd: .sgd(momentum: 0.9, weightDecay: Double(weightDecay))
    }
  }
}
