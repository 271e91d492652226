internal import ArgumentParser
internal import Faces
internal import Foundation
internal import Records
internal import Training

struct ForgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forge",
    abstract: "Make training fakes, and the masks of what was changed, from real faces or from pairs of clips.",
    discussion: """
      Writes NNNNN-real.png, NNNNN-fake.png and NNNNN-mask.png for each pair, a line for each in pairs.jsonl (whose face, \
      how blatant a fake, and what was done to both pictures), and sheet.png to look at. The same seed and faces make the \
      same pairs.

      Exit status: 0 done, 2 usage or fatal error, 3 some inputs could not be read.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Folders of photographs and videos of real faces.", valueName: "folder"))
  var faces: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Instead of faces: originals and manipulated clips, two files, or two folders with the same names in them.",
      valueName: "real fake"))
  var pairs: [String] = []

  @Option(help: ArgumentHelp("A new or empty folder.", valueName: "folder"))
  var out: String

  @Option(help: ArgumentHelp("How many pairs (from clips: at most).", valueName: "n"))
  var count = 48

  @Option(help: ArgumentHelp("What to make, of self, swap, lips, reenact; separated by commas.", valueName: "kinds"))
  var kinds = "self,swap,lips,reenact"

  @Option(
    help: ArgumentHelp(
      "Of the faces: all, or those of the people that training learns from, or those that it holds out to measure by.",
      valueName: "all|training|held-out"))
  var people = People.all

  @Option(help: "What the fakes are drawn from.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Side of the pictures.", valueName: "pixels"))
  var size = 256

  @Option(help: ArgumentHelp("0 for blatant fakes only, 1 for everything down to the subtle.", valueName: "share"))
  var difficulty = 1.0

  @Option(
    help: ArgumentHelp("A file that keeps the faces found, so that the next run starts at once.", valueName: "file"))
  var cache: String?

  @Option(help: ArgumentHelp("Folder with the face detector's networks.", valueName: "folder"))
  var faceModels: String?

  @Option(help: "Threads (default: one for each core).")
  var threads: Int?

  enum People: String, ExpressibleByArgument, CaseIterable {
    case all
    case training
    case heldOut = "held-out"

    func library(of whole: FaceLibrary) -> FaceLibrary {
      switch self {
      case .all: whole
      case .training: whole.split().training
      case .heldOut: whole.split().heldOut
      }
    }
  }

  func validate() throws {
    guard faces.isEmpty != pairs.isEmpty else {
      throw ValidationError("name either --faces FOLDER or --pairs REAL FAKE")
    }
    guard pairs.isEmpty || pairs.count == 2 else {
      throw ValidationError("--pairs takes two, the originals and the manipulated ones; there are \(pairs.count)")
    }
    guard pairs.isEmpty || people == .all else {
      throw ValidationError("--people \(people.rawValue) goes with --faces: nobody of --pairs is held out")
    }
    guard (1...10_000_000).contains(count) else { throw ValidationError("--count \(count) should be 1 to 10000000") }
    guard (32...1024).contains(size) else { throw ValidationError("--size \(size) should lie between 32 and 1024") }
    guard (0...1).contains(difficulty) else {
      throw ValidationError("--difficulty \(difficulty) should lie between 0 and 1")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads \(threads) should lie between 1 and 256")
    }
    _ = try kindsToMake()
  }

  private func kindsToMake() throws -> Set<ForgeryKind> {
    let usable = ForgeryKind.allCases.filter { $0 != .genuine }
    return Set(
      try kinds.split(separator: ",").map { word in
        guard let kind = usable.first(where: { $0.rawValue == word }) else {
          let names = usable.map(\.rawValue).joined(separator: ", ")
          throw ValidationError("--kinds: '\(word)' is none of \(names)")
        }
        return kind
      })
  }

  func run() throws {
    Unmask.keepFreedMemory()
    do {
      let folder = try ForgeFolder(out, size: size)
      // Whoever mends what was wrong can name the same folder again.
      defer { folder.removeIfEmpty() }
      let models = try FaceModels(directory: try faceModels ?? ModelPlaces.faces())
      let isComplete = pairs.isEmpty ? try forge(into: folder, models) : try compare(into: folder, models)
      Diagnostics.say("\(folder.count) pairs in \(out); look at \(out)/sheet.png")
      if !isComplete { throw ExitStatus.someUnreadable }
    } catch let status as ExitStatus {
      throw status
    } catch {
      Diagnostics.say("\(error)")
      throw ExitStatus.fatal
    }
  }

  private var crew: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

  /// Returns whether all files could be read.
  private func forge(into folder: ForgeFolder, _ models: FaceModels) throws -> Bool {
    let bar = ProgressBar()
    let whole = try FaceFinder(models: models, threads: crew).library(of: faces, cache: cache) { done, all, found in
      bar.show(Double(done) / Double(all), "\(done) of \(all) files, \(found) faces")
    }
    bar.clear()
    for problem in whole.problems where problem.isUnreadable { Diagnostics.say(problem.description) }
    let faceless = whole.problems.filter { !$0.isUnreadable }.count
    let library = people.library(of: whole)
    Diagnostics.say(
      "\(library.photos.count) faces of \(library.identities.count) people"
        + (faceless > 0 ? "; \(faceless) files show no face that counts" : ""))
    let forge = try Forge(library, kinds: kindsToMake(), size: size)
    var random = SeededRandom(seed: seed)
    let (wanted, clock) = (count, ContinuousClock())
    let start = clock.now
    try folder.write(forge, seeds: (0..<wanted).map { _ in random.next() }, difficulty: difficulty, threads: crew) {
      done in
      let seconds = start.duration(to: clock.now) / .seconds(1)
      let left = Figures.time(seconds / Double(done) * Double(wanted - done), tenths: false)
      bar.show(Double(done) / Double(wanted), "\(done) of \(wanted) pairs, \(left) left")
    }
    bar.clear()
    return !whole.problems.contains { $0.isUnreadable }
  }

  /// Returns whether all clips could be read.
  private func compare(into folder: ForgeFolder, _ models: FaceModels) throws -> Bool {
    let masks = RealFakeMasks(models: models, size: size)
    var isComplete = true
    for clip in try RealFakeMasks.clips(real: pairs[0], fake: pairs[1]) where folder.count < count {
      do {
        let found = try masks.pairs(real: clip.real, fake: clip.fake, most: count - folder.count)
        try folder.write(found.pairs)
        Diagnostics.say(
          "\(clip.fake): \(found.pairs.count) pairs; \(found.unmatched) frames do not match the original, "
            + "\(found.unchanged) are unchanged, \(found.withoutFace) show no face")
      } catch let error as ForgeError {
        throw error
      } catch {
        Diagnostics.say("\(error)")
        isComplete = false
      }
    }
    if folder.count == 0 && isComplete {
      throw ForgeError("\(pairs[0]) and \(pairs[1]): no frame shows a face that was changed")
    }
    return isComplete
  }
}
