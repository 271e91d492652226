internal import Foundation
public import Media
internal import Synchronization

/// Makes fakes from the real faces of a library: the same seed makes the same pair, on any thread.
public struct Forge: Sendable {
  public let library: FaceLibrary
  /// The side of the pictures made, in pixels.
  public let size: Int
  private let shares: [(kind: ForgeryKind, share: Double)]
  /// Places in the library by person, in the order of the people's first photographs.
  private let people: [[Int]]
  private let shapes: [[Vector]]
  private let hasVideo = H264RoundTrip.isAvailable
  private let toolbox = Toolbox()

  /// How often each kind is made when all are.
  private static let usualShares: [(kind: ForgeryKind, share: Double)] = [
    (.selfBlend, 0.4), (.swap, 0.25), (.lipSync, 0.2), (.reenactment, 0.15),
  ]

  /// - Parameters:
  ///   - kinds: what to make; `.genuine` counts for nothing here.
  ///   - size: the side of the pictures.
  /// - Throws: `ForgeError` for a library without faces, or with one person only where only swaps are wanted.
  public init(
    _ library: FaceLibrary, kinds: Set<ForgeryKind> = Set(ForgeryKind.allCases), size: Int = 256
  ) throws(ForgeError) {
    guard !library.photos.isEmpty else { throw ForgeError("there is no face to make fakes from") }
    guard (32...1024).contains(size) else { throw ForgeError("a side of \(size) should lie between 32 and 1024") }
    self.library = library
    self.size = size
    var places: [String: Int] = [:]
    var people: [[Int]] = []
    for (index, photo) in library.photos.enumerated() {
      if let place = places[photo.identity] {
        people[place].append(index)
      } else {
        places[photo.identity] = people.count
        people.append([index])
      }
    }
    self.people = people
    shapes = library.photos.map { FacePoints($0.landmarks).shape }
    let isAlone = people.count < 2
    let shares = Self.usualShares.filter { kinds.contains($0.kind) && !(isAlone && $0.kind == .swap) }
    guard !shares.isEmpty else {
      throw ForgeError(
        isAlone && kinds.contains(.swap) ? "swaps need the faces of two people, and there is one" : "no kind to make")
    }
    self.shares = shares
  }

  /// The pair that `seed` names.
  ///
  /// The face is drawn (each person as likely as any other), cut out by the square that scanning uses with some play,
  /// made into a fake at a size that videos have, sent through one degradation together with the real picture, and
  /// scaled to `size`.
  /// - Parameters:
  ///   - difficulty: 0 for blatant fakes in clean pictures, 1 for everything down to the subtle.
  /// - Throws: `MediaError` when a crop of the library cannot be decoded, or when faces without texture give no fake.
  public func pair(seed: UInt64, difficulty: Double = 1) throws(MediaError) -> ForgedPair {
    let tools = toolbox.take()
    defer { toolbox.put(tools) }
    let stages = try stages(seed: seed, difficulty: difficulty, tools)
    let draft = stages.draft
    let side = PixelSize(width: size, height: size)
    func finished(_ canvas: Canvas) throws(MediaError) -> Picture {
      let degraded = try stages.degradation.apply(to: canvas, tools)
      return tools.sampler.sample(Rectangle(degraded.size), of: degraded, to: side)
    }
    let mask = draft.mask.resized(width: size, height: size)
    return ForgedPair(
      real: try finished(draft.overlay.base), fake: try finished(draft.fake),
      mask: mask.pixels.map { $0 > 0.5 ? 1 : 0 }, kind: draft.kind,
      identity: draft.identity, donor: draft.donor, seed: seed,
      draw: ForgedPair.Draw(strength: draft.strength, degradation: stages.degradation))
  }

  /// What a pair is before degradation and scaling.
  struct Stages {
    var draft: Draft
    var degradation: Degradation
  }

  struct Draft {
    var kind: ForgeryKind
    var identity: String
    var donor: String?
    var strength: Double
    var overlay: Overlay
    var fake: Canvas
    /// 1 where the fake differs from the base by the manipulation.
    var mask: Plane
  }

  func stages(seed: UInt64, difficulty: Double, _ tools: ForgeTools) throws(MediaError) -> Stages {
    precondition((0...1).contains(difficulty), "difficulty \(difficulty) lies outside 0...1")
    var random = SeededRandom(seed: seed)
    for _ in 0..<32 {
      let chosen = random.pick(random.pick(people))
      let photo = library.photos[chosen]
      let isMirrored = random.chance(0.5)
      let picture = try photo.picture(tools.decoder)
      let points = FacePoints(photo.landmarks)
      // At least as blatant as the difficulty asks for, and anything up to that.
      var strength = random.uniform(0.9 - 0.6 * difficulty, 1.4 - 0.4 * difficulty)
      let window = CropWindow(photo.box, in: picture.size, size: size, isMirrored: isMirrored, using: &random)
      let subject = window.subject(picture, points, tools)
      let kind = draw(using: &random)
      // A draw may come out too faint to be called changed: then it is made stronger.
      for _ in 0..<4 {
        let (overlay, donor) = try overlay(kind, on: subject, chosen, window, strength, using: &random, tools)
        let fake = overlay.fake
        if let mask = ChangedRegion.mask(of: overlay, fake) {
          return Stages(
            draft: Draft(
              kind: kind, identity: photo.identity, donor: donor.map { library.photos[$0].identity },
              strength: strength,
              overlay: overlay, fake: fake, mask: mask),
            degradation: Degradation(strength: 0.4 + 0.6 * difficulty, withVideo: hasVideo, using: &random))
        }
        strength = strength * 1.4 + 0.1
      }
    }
    throw MediaError(
      .damaged,
      "no visible fake could be made from 32 of the \(library.photos.count) faces: are they pictures of one colour?")
  }

  private func draw(using random: inout SeededRandom) -> ForgeryKind {
    var place = random.unit() * shares.reduce(0) { $0 + $1.share }
    for (kind, share) in shares {
      place -= share
      if place < 0 { return kind }
    }
    return shares[shares.count - 1].kind
  }

  private func overlay(
    _ kind: ForgeryKind, on subject: Subject, _ chosen: Int, _ window: CropWindow, _ strength: Double,
    using random: inout SeededRandom, _ tools: ForgeTools
  ) throws(MediaError) -> (Overlay, donor: Int?) {
    switch kind {
    case .selfBlend, .genuine:
      return (try SelfBlend.overlay(on: subject, strength: strength, using: &random, tools), nil)
    case .reenactment:
      return (try Reenactment.overlay(on: subject, strength: strength, using: &random, tools), nil)
    case .swap:
      guard let index = donor(for: chosen, isOther: true, window.isMirrored, using: &random) else {
        return (try SelfBlend.overlay(on: subject, strength: strength, using: &random, tools), nil)
      }
      let other = try donated(index, window.isMirrored, tools)
      return (try Swap.overlay(on: subject, donor: other, strength: strength, using: &random, tools), index)
    case .lipSync:
      let index = random.chance(0.65) ? donor(for: chosen, isOther: false, window.isMirrored, using: &random) : nil
      var other: Subject?
      if let index { other = try donated(index, window.isMirrored, tools) }
      return (try LipSync.overlay(on: subject, donor: other, strength: strength, using: &random, tools), index)
    }
  }

  /// A face as like in pose as one of a handful drawn is.
  /// - Parameter isOther: whether it must be another person's.
  private func donor(
    for chosen: Int, isOther: Bool, _ isMirrored: Bool, using random: inout SeededRandom
  ) -> Int? {
    let photos = library.photos
    let own = shapes[chosen]
    var best: (index: Int, distance: Double)?
    for _ in 0..<16 {
      let index = random.pick(random.pick(people))
      guard index != chosen, !isOther || photos[index].identity != photos[chosen].identity else { continue }
      let distance = zip(own, shapes[index]).reduce(0) { sum, pair in
        let apart = pair.0 - pair.1
        return sum + (apart * apart).sum()
      }
      if distance < best?.distance ?? .infinity { best = (index, distance) }
    }
    return best?.index
  }

  /// The donor's whole crop, mirrored where the subject is, since their shapes were compared as they lie.
  private func donated(_ index: Int, _ isMirrored: Bool, _ tools: ForgeTools) throws(MediaError) -> Subject {
    let photo = library.photos[index]
    let picture = try photo.picture(tools.decoder)
    let points = FacePoints(photo.landmarks)
    return isMirrored
      ? Subject(canvas: Canvas(picture.mirrored), points: points.mirrored(width: Double(picture.width)))
      : Subject(canvas: Canvas(picture), points: points)
  }
}

/// Tools that no thread uses at the moment.
///
/// Unchecked: the tools are only touched by whoever took them out.
private final class Toolbox: @unchecked Sendable {
  private let lock = Mutex(())
  private var idle: [ForgeTools] = []

  func take() -> ForgeTools { lock.withLock { _ in idle.popLast() } ?? ForgeTools() }
  func put(_ tools: ForgeTools) { lock.withLock { _ in idle.append(tools) } }
}
