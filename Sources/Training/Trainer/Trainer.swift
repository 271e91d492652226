internal import Foundation
internal import Neural
internal import NeuralTraining
internal import Records

/// A training run: steps, validations on held-out people, checkpoints, and the finished model, all in one folder.
///
/// An interrupted run goes on from its checkpoint as if it had never stopped: what a step does depends on the recipe, the
/// faces and the step's number alone, on any number of threads.
public final class Trainer {
  /// How a call of `run` ended.
  public enum Ending: Sendable, Hashable {
    /// The model is written; what it did on held-out people, as it is shipped.
    case finished(ValidationFigures)
    /// The checkpoint is written; so many steps lie behind.
    case interrupted(step: Int)
  }

  /// What the run tells while it goes on.
  public enum News: Sendable {
    case step(StepFigures, imagesPerSecond: Double, secondsLeft: Double, progress: Double)
    case validation(ValidationFigures)
    /// Something that does not stop the run, such as curves that could not be written.
    case complaint(String)
  }

  /// The least time between two checkpoints, so that a crash costs no more.
  private static let secondsBetweenCheckpoints = 600.0
  /// Pairs that the contact sheet shows.
  private static let sheetRows = 12

  private let source: any PairSource
  private let folder: RunFolder
  private let threads: Int
  private var state: RunState
  private let lesson: Lesson
  private let log: MetricsLog
  private let epochSteps: Int
  private let clock = ContinuousClock()

  /// Begins a run in a new folder, with a checkpoint: where there is no room for one, that shows now, not after an epoch.
  /// - Throws: `TrainingError` when recipe, folder or model do not allow it.
  public convenience init(
    beginning recipe: TrainingRecipe, identity: ModelIdentity, material: TrainingMaterial, source: some PairSource,
    in folder: RunFolder, threads: Int
  ) throws {
    try recipe.check()
    try folder.begin()
    let state = RunState(recipe: recipe, material: material, identity: identity, fingerprint: source.fingerprint)
    try self.init(state, nil, source: source, in: folder, threads: threads)
    var start = JSONObject()
    start.set("recipe", recipe.words)
    start.set("faces", source.faceCounts.training)
    start.set("held_out", source.faceCounts.heldOut)
    start.set("parameters", lesson.network.parameterCount)
    log.append(event: "start", step: 0, start)
    try save()
  }

  /// Goes on with a run.
  /// - Parameter complain: told when the faces are not those the run began with.
  /// - Throws: `TrainingError` when there is no usable checkpoint.
  public convenience init(
    resuming saved: SavedRun, source: some PairSource, threads: Int, complain: (String) -> Void
  ) throws {
    if saved.state.fingerprint != source.fingerprint {
      complain("the faces are not those the run began with; it goes on, but its numbers will not be the same")
    }
    try self.init(saved.state, saved.checkpoint, source: source, in: saved.folder, threads: threads)
  }

  private init(
    _ state: RunState, _ checkpoint: Checkpoint?, source: any PairSource, in folder: RunFolder, threads: Int
  ) throws {
    (self.source, self.folder, self.threads, self.state) = (source, folder, max(1, threads), state)
    lesson = try Lesson(try state.recipe.startModel(), recipe: state.recipe, threads: max(1, threads))
    try checkpoint?.restore(lesson.network, lesson.optimizer, average: lesson.average)
    log = try MetricsLog(path: folder.metrics, continuingAfter: checkpoint == nil ? nil : state.step)
    epochSteps = state.recipe.epochSteps(faces: source.faceCounts.training)
  }

  /// Trains until the recipe's end, or until `isStopped` says so between two steps. Blocks.
  /// - Throws: what ends the run before its end; what was reached by the last checkpoint is kept.
  public func run(isStopped: @Sendable () -> Bool, tell: (News) -> Void) throws -> Ending {
    let heldOut = try HeldOutSet(from: source, recipe: state.recipe, threads: threads)
    let queue = batches()
    var pace = Pace()
    var saved = clock.now
    var began = clock.now
    func settleTime() {
      let now = clock.now
      state.seconds += began.duration(to: now) / .seconds(1)
      began = now
    }
    while state.progress < 1 {
      if isStopped() {
        settleTime()
        try save()
        return .interrupted(step: state.step)
      }
      let pairs = try queue.next()
      let rate = state.recipe.learningRate(ofStep: state.step, progress: state.progress)
      let result = try lesson.take(pairs, step: state.step, learningRate: rate)
      let before = state.seconds
      state.step += 1
      settleTime()
      pace.add(images: state.recipe.batch, seconds: state.seconds - before, reached: state.seconds)
      let figures = figures(of: result, rate)
      log.append(figures)
      tell(
        .step(
          figures, imagesPerSecond: pace.imagesPerSecond, secondsLeft: pace.secondsLeft(of: state),
          progress: state.progress))
      guard state.step % epochSteps == 0 || state.progress >= 1 else {
        if saved.duration(to: clock.now) > .seconds(Self.secondsBetweenCheckpoints) {
          try save()
          saved = clock.now
        }
        continue
      }
      do {
        try validate(heldOut, tell)
      } catch {
        // What was learned is not lost with the measurement.
        try? save()
        throw error
      }
      settleTime()
      pace.skip(to: state.seconds)
      try save()
      saved = clock.now
    }
    return .finished(try finish(heldOut, tell))
  }

  private func batches() -> BatchQueue {
    let (source, recipe) = (source, state.recipe)
    return BatchQueue(firstStep: state.step, pairsPerStep: recipe.pairsPerStep, workers: threads) { step, slot in
      try source.pair(
        PairDraw(
          seed: recipe.seed, part: .training, step: step, slot: slot, difficulty: recipe.difficulty(ofStep: step)))
    }
  }

  private func figures(of result: Lesson.Result, _ rate: Float) -> StepFigures {
    StepFigures(
      step: state.step, images: state.step * state.recipe.batch, epoch: (state.step - 1) / epochSteps + 1,
      loss: Float(result.loss), crossEntropy: Float(result.crossEntropy), dice: Float(result.dice),
      head: result.head.map { Float($0) }, learningRate: rate, gradientNorm: Float(result.gradientNorm),
      seconds: state.seconds)
  }

  private func validate(_ heldOut: HeldOutSet, _ tell: (News) -> Void) throws {
    let findings = try heldOut.findings(
      of: try lesson.network.model(average: lesson.average).withSide(state.recipe.size), rows: Self.sheetRows,
      threads: threads)
    let figures = findings.figures(after: state, epochSteps: epochSteps)
    log.append(figures)
    tell(.validation(figures))
    if let complaint = log.complaint { tell(.complaint(complaint)) }
    do {
      try folder.write(
        Array(TrainingCurves.svg(title: state.identity.name, log.history).utf8), to: folder.curves)
      let sheet = ContactSheet(findings.rows, threshold: findings.threshold)
      try folder.write(try sheet.png(), to: folder.masks(epoch: figures.epoch))
    } catch {
      tell(.complaint("\(error)"))
    }
  }

  private func save() throws {
    let checkpoint = Checkpoint(
      lesson.network, lesson.optimizer, average: lesson.average, notes: [SavedRun.note: state.encoded()])
    try folder.keep(checkpoint: checkpoint.serialized())
  }

  /// Writes the model with what it says of itself; the figures are those of the weights as they are stored.
  private func finish(_ heldOut: HeldOutSet, _ tell: (News) -> Void) throws -> ValidationFigures {
    let format: WeightFormat = state.identity.isHalfPrecision ? .float16 : .float32
    let model = try lesson.network.model(average: lesson.average).withSide(state.recipe.size).withWeights(format)
    let findings = try heldOut.findings(of: model, rows: 0, threads: threads)
    let figures = findings.figures(after: state, epochSteps: epochSteps)
    let card = FinishedModel(state: state, material: source.summary, heldOut: heldOut, findings: findings)
    try model.withMetadata(card.metadata).write(to: folder.model, weights: format)
    return figures
  }
}

extension TrainingRecipe {
  /// - Throws: `TrainingError` for an unknown architecture or a file that cannot be read.
  func startModel() throws(TrainingError) -> Model {
    do {
      switch start {
      case .architecture(let name):
        guard let architecture = Architecture(rawValue: name) else {
          let names = Architecture.allCases.map(\.rawValue).joined(separator: ", ")
          throw TrainingError("there is no architecture '\(name)'; there are \(names)")
        }
        return try architecture.model(seed: seed)
      case .model(let path): return try Model(contentsOf: path)
      }
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError("\(error)")
    }
  }
}

extension HeldOutSet.Findings {
  func figures(after state: RunState, epochSteps: Int) -> ValidationFigures {
    ValidationFigures(
      step: state.step, images: state.step * state.recipe.batch, epoch: max(0, state.step - 1) / epochSteps + 1,
      loss: loss, dice: dice, auroc: auroc, balancedAccuracy: balancedAccuracy, threshold: threshold,
      seconds: state.seconds)
  }
}
