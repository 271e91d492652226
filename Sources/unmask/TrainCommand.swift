internal import ArgumentParser
internal import Faces
internal import Foundation
internal import Records
internal import Synchronization
internal import Training

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract:
      "Train a detector on real faces, from which it makes its own fakes, and on manipulated clips beside their originals.",
    discussion: """
      Writes into the folder of the run: model.onnx at the end, checkpoint.bin to go on from, metrics.jsonl, curves.svg, \
      and masks-epoch-NNN.png to look at. Some people are held out; every figure is measured on them.

      Ctrl-C saves and ends; `unmask train --resume FOLDER` goes on and reaches the same numbers.

      Exit status: 0 done, 2 usage or fatal error, 130 interrupted.
      """)

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Folders of photographs of real faces.", valueName: "folder"))
  var faces: [String] = []

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Folders of videos of real people.", valueName: "folder"))
  var videos: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Folders of original clips and of manipulated ones of the same names; may be given for several.",
      valueName: "real fake"))
  var pairs: [String] = []

  @Option(help: ArgumentHelp("A new folder for the run.", valueName: "folder"))
  var out: String?

  @Option(
    help: ArgumentHelp("Go on with the run in a folder; its recipe and faces are kept there.", valueName: "folder"))
  var resume: String?

  @Option(
    help: ArgumentHelp(
      "Begin with random weights: unet, unet_v1, gated_unet, gated_unet_v1, haar_unet.", valueName: "name"))
  var architecture: String?

  @Option(help: ArgumentHelp("Begin with the weights of an ONNX file.", valueName: "file"))
  var from: String?

  @Option(help: ArgumentHelp("Side of the pictures, a multiple of 32.", valueName: "pixels"))
  var size = 256

  @Option(help: ArgumentHelp("Pictures a step, half of them real.", valueName: "n"))
  var batch = 8

  @Option(help: ArgumentHelp("Length of the run in steps (20000 unless --minutes is given).", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("Length of the run in minutes of training.", valueName: "n"))
  var minutes: Double?

  @Option(help: "How gradients become steps: adam, adamw or sgd.", transform: choice)
  var method: TrainingRecipe.Method = .adam

  @Option(help: ArgumentHelp("The highest learning rate.", valueName: "rate"))
  var learningRate: Float = 1e-3

  @Option(help: "How the learning rate falls: constant, cosine or steps.", transform: choice)
  var decay: TrainingRecipe.Decay = .cosine

  @Option(help: ArgumentHelp("Steps in which the learning rate grows to its height.", valueName: "n"))
  var warmUp = 100

  @Option(help: ArgumentHelp("Weight decay.", valueName: "share"))
  var weightDecay: Float = 0

  @Option(help: ArgumentHelp("Longest gradient; 0 leaves it as it is.", valueName: "norm"))
  var clip: Float = 0

  @Option(help: ArgumentHelp("Share that averaged weights keep at each step; 0 for no average.", valueName: "share"))
  var averaging: Float = 0

  @Option(help: ArgumentHelp("Steps in which fakes go from blatant to subtle.", valueName: "n"))
  var curriculum = 0

  @Option(help: ArgumentHelp("Weight of the real/fake head's losses.", valueName: "weight"))
  var headWeight: Float = 1

  @Option(help: ArgumentHelp("Steps at the beginning in which the real/fake head learns alone.", valueName: "n"))
  var headOnly = 0

  @Option(help: "What weights and fakes are drawn from.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Steps between validations (default: one pass over the faces).", valueName: "n"))
  var epoch: Int?

  @Option(help: ArgumentHelp("Held-out pairs that each validation looks at.", valueName: "n"))
  var validationPairs = 64

  @Option(help: ArgumentHelp("What the model calls itself (default: its architecture).", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("The model's version.", valueName: "version"))
  var modelVersion = "0.1.0"

  @Option(
    help: ArgumentHelp(
      "Under which terms the weights may be used, given the pictures they learn from.", valueName: "words"))
  var licence = "not stated"

  @Flag(help: "Write the weights in single precision instead of half.")
  var float32 = false

  @Option(
    help: ArgumentHelp("A file that keeps the faces found, so that the next run starts at once.", valueName: "file"))
  var cache: String?

  @Option(help: ArgumentHelp("Folder with the face detector's networks.", valueName: "folder"))
  var faceModels: String?

  @Option(help: "Threads (default: one for each core).")
  var threads: Int?

  func validate() throws {
    guard (out == nil) != (resume == nil) else {
      throw ValidationError("name either --out FOLDER for a new run or --resume FOLDER to go on with one")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads \(threads) should lie between 1 and 256")
    }
    guard resume == nil else { return }
    guard pairs.count % 2 == 0 else {
      throw ValidationError("--pairs takes folders by twos, originals and manipulated ones; there are \(pairs.count)")
    }
    guard architecture == nil || from == nil else {
      throw ValidationError("--architecture and --from exclude each other: one begins anew, the other goes on")
    }
    guard steps == nil || minutes == nil else { throw ValidationError("--steps and --minutes exclude each other") }
    guard !faces.isEmpty || !videos.isEmpty || !pairs.isEmpty else {
      throw ValidationError("there is nothing to train on; name --faces, --videos or --pairs")
    }
    do { try recipe.check() } catch { throw ValidationError("\(error)") }
  }

  private var recipe: TrainingRecipe {
    var recipe = TrainingRecipe(
      start: from.map { .model(path: $0) } ?? .architecture(architecture ?? ModelPlaces.defaultDetector))
    (recipe.size, recipe.batch) = (size, batch)
    recipe.length = minutes.map { .minutes($0) } ?? .steps(steps ?? 20_000)
    (recipe.method, recipe.learningRate, recipe.decay, recipe.warmUp) = (method, learningRate, decay, warmUp)
    (recipe.weightDecay, recipe.clip, recipe.averaging) = (weightDecay, clip, averaging)
    (recipe.curriculum, recipe.headWeight, recipe.headOnly) = (curriculum, headWeight, headOnly)
    (recipe.seed, recipe.epoch, recipe.validationPairs) = (seed, epoch, validationPairs)
    return recipe
  }

  private var identity: ModelIdentity {
    let start = from.map { (($0 as NSString).lastPathComponent as NSString).deletingPathExtension }
    return ModelIdentity(
      name: name ?? architecture ?? start ?? ModelPlaces.defaultDetector, version: modelVersion, licence: licence,
      isHalfPrecision: !float32)
  }

  func run() throws {
    let bar = ProgressBar()
    let isStopped = Mutex(false)
    let signals = StopSignals { isStopped.withLock { $0 = true } }
    do {
      let trainer = try makeTrainer(bar)
      let ending = try trainer.run(isStopped: { isStopped.withLock { $0 } }) { tell($0, bar) }
      bar.clear()
      let folder = out ?? resume ?? ""
      switch ending {
      case .finished(let figures):
        Diagnostics.say("\(RunFolder(path: folder).model): \(Self.words(figures))")
      case .interrupted(let step):
        Diagnostics.say("stopped after step \(step); go on with: unmask train --resume \(folder)")
        throw ExitStatus.interrupted
      }
    } catch let status as ExitStatus {
      throw status
    } catch {
      bar.clear()
      Diagnostics.say("\(error)")
      throw ExitStatus.fatal
    }
    withExtendedLifetime(signals) {}
  }

  private func makeTrainer(_ bar: ProgressBar) throws -> Trainer {
    let crew = threads ?? ProcessInfo.processInfo.activeProcessorCount
    let models = try FaceModels(directory: try faceModels ?? ModelPlaces.faces())
    func source(_ material: TrainingMaterial, _ size: Int) throws -> ForgedPairs {
      let source = try ForgedPairs(
        material, models: models, size: size, cache: cache, threads: crew,
        progress: { done, all, found in
          bar.show(Double(done) / Double(all), "\(done) of \(all) files, \(found) faces")
        }, complain: { bar.say($0) })
      bar.clear()
      Diagnostics.say("\(source.faceCounts.training) faces to learn from, \(source.faceCounts.heldOut) held out")
      return source
    }
    if let resume {
      let saved = try SavedRun(RunFolder(path: resume), complain: { bar.say($0) })
      return try Trainer(
        resuming: saved, source: source(saved.state.material, saved.state.recipe.size), threads: crew,
        complain: { bar.say($0) })
    }
    let clips = stride(from: 0, to: pairs.count, by: 2).map {
      TrainingMaterial.ClipPairs(real: pairs[$0], fake: pairs[$0 + 1])
    }
    let material = TrainingMaterial(faces: faces, videos: videos, pairs: clips)
    return try Trainer(
      beginning: recipe, identity: identity, material: material, source: source(material, size),
      in: RunFolder(path: out ?? ""), threads: crew)
  }

  private func tell(_ news: Trainer.News, _ bar: ProgressBar) {
    switch news {
    case .step(let figures, let imagesPerSecond, let secondsLeft, let progress):
      let left = secondsLeft.isFinite ? Figures.time(secondsLeft, tenths: false) + " left" : ""
      bar.show(
        progress,
        String(format: "step %d, loss %.3f, %.1f images/s, ", figures.step, figures.loss, imagesPerSecond) + left)
    case .validation(let figures): bar.say("epoch \(figures.epoch), step \(figures.step): \(Self.words(figures))")
    case .complaint(let sentence): bar.say(sentence)
    }
  }

  private static func words(_ figures: ValidationFigures) -> String {
    String(
      format: "on held-out people AUROC %.3f, Dice %.3f, balanced accuracy %.3f at threshold %.2f", figures.auroc,
      figures.dice, figures.balancedAccuracy, figures.threshold)
  }

  private static func choice<Choice>(_ word: String) throws -> Choice
  where Choice: RawRepresentable<String> & CaseIterable {
    guard let choice = Choice(rawValue: word) else {
      let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(word)' is none of \(words)")
    }
    return choice
  }
}
