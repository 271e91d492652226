public import Faces
internal import Foundation
internal import Media

/// Training pairs made on the fly from real faces, and pairs cut out of manipulated clips beside their originals.
///
/// People are held out by their name, clips by theirs: no one stands on both sides.
public struct ForgedPairs: PairSource {
  /// How often a pair is a genuine one where there are any.
  private static let genuineShare = 0.25

  private let forges: (training: Forge?, heldOut: Forge?)
  private let clips: (training: [ForgedPair], heldOut: [ForgedPair])
  public let faceCounts: (training: Int, heldOut: Int)
  public let fingerprint: String
  public let summary: String

  /// - Parameters:
  ///   - library: real faces; empty where there are only clips.
  ///   - clips: pairs of manipulated clips and their originals, their `identity` naming the clip.
  ///   - heldOut: share of people and clips that nothing is learned from, 0..<1.
  /// - Throws: `TrainingError` when one side has nothing, `ForgeError` when fakes cannot be made.
  public init(library: FaceLibrary, clips: [ForgedPair], size: Int, heldOut share: Double = 0.05) throws {
    let parts = library.split(heldOut: share)
    func forge(_ library: FaceLibrary) throws -> Forge? {
      library.photos.isEmpty ? nil : try Forge(library, size: size)
    }
    forges = (try forge(parts.training), try forge(parts.heldOut))
    // A folder has few clips: a fifth of them, so that there are any.
    let isHeldOut = clips.map { FaceLibrary.place(of: $0.identity) < max(share, 0.2) }
    self.clips = (
      zip(clips, isHeldOut).filter { !$0.1 }.map(\.0), zip(clips, isHeldOut).filter { $0.1 }.map(\.0)
    )
    faceCounts = (
      parts.training.photos.count + self.clips.training.count, parts.heldOut.photos.count + self.clips.heldOut.count
    )
    guard faceCounts.training > 0, faceCounts.heldOut > 0 else {
      throw TrainingError(
        "\(library.photos.count) faces of \(library.identities.count) people are too few to hold some out for validation; add more"
      )
    }
    fingerprint = library.fingerprint + (clips.isEmpty ? "" : "-\(clips.count)")
    let people = library.identities.count
    summary = [
      library.photos.isEmpty
        ? nil
        : "self-blended, swapped, lip-sync-like and reenacted fakes made from \(library.photos.count) real faces of \(people) people",
      clips.isEmpty ? nil : "\(clips.count) frames of manipulated clips beside their originals",
    ].compactMap(\.self).joined(separator: "; ")
  }

  public func pair(_ draw: PairDraw) throws -> TrainingPair {
    var random = SeededRandom(seed: draw.generatorSeed())
    let (forge, genuine) =
      draw.part == .training ? (forges.training, clips.training) : (forges.heldOut, clips.heldOut)
    let isGenuine = !genuine.isEmpty && (forge == nil || random.chance(Self.genuineShare))
    guard let forge, !isGenuine else { return Self.shown(random.pick(genuine), isMirrored: random.chance(0.5)) }
    return Self.shown(try forge.pair(seed: random.next(), difficulty: draw.difficulty), isMirrored: false)
  }

  private static func shown(_ pair: ForgedPair, isMirrored: Bool) -> TrainingPair {
    guard isMirrored else {
      return TrainingPair(side: pair.side, real: pair.real.bytes, fake: pair.fake.bytes, mask: pair.mask)
    }
    let side = pair.side
    let mask = pair.mask.indices.map { pair.mask[$0 / side * side + side - 1 - $0 % side] }
    return TrainingPair(side: side, real: pair.real.mirrored.bytes, fake: pair.fake.mirrored.bytes, mask: mask)
  }

  /// Gathers the material of a run.
  /// - Parameters:
  ///   - cache: a file that keeps the faces found, so that the next run starts at once.
  ///   - complain: told one sentence about each file that cannot be read.
  /// - Throws: `TrainingError`, `ForgeError` or `MediaError` when there is nothing to train on.
  public init(
    _ material: TrainingMaterial, models: FaceModels, size: Int, cache: String?, threads: Int,
    progress: @escaping FaceFinder.Progress, complain: (String) -> Void
  ) throws {
    guard !material.isEmpty else { throw TrainingError("there is nothing to train on; name folders with --faces") }
    var library = FaceLibrary(photos: [])
    if !material.faces.isEmpty || !material.videos.isEmpty {
      library = try FaceFinder(models: models, threads: threads)
        .library(of: material.faces + material.videos, cache: cache, progress: progress)
      for problem in library.problems where problem.isUnreadable { complain(problem.description) }
    }
    var clips: [ForgedPair] = []
    let masks = RealFakeMasks(models: models, size: size)
    for folders in material.pairs {
      for clip in try RealFakeMasks.clips(real: folders.real, fake: folders.fake) {
        do { clips += try masks.pairs(real: clip.real, fake: clip.fake, most: 200).pairs } catch {
          complain("\(error)")
        }
      }
    }
    try self.init(library: library, clips: clips, size: size)
  }
}
