import Foundation
import Media
import Testing

@testable import Training

@Suite("Forged pairs")
struct ForgeTests {
  private static let kinds = ForgeryKind.allCases.filter { $0 != .genuine }
  private static let seeds = (0..<16).map { UInt64($0) &* 0x9E37_79B9 &+ 5 }

  private func forge(_ kinds: Set<ForgeryKind>, size: Int = 128) throws -> Forge {
    try Forge(ForgeFixture.library(), kinds: kinds, size: size)
  }

  private func drafts(_ kind: ForgeryKind, difficulty: Double = 1) throws -> [Forge.Draft] {
    let forge = try forge([kind])
    return try Self.seeds.map { try forge.stages(seed: $0, difficulty: difficulty, ForgeTools()).draft }
  }

  @Test("are their originals wherever nothing was blended in, to the last bit", arguments: kinds)
  func untouched(kind: ForgeryKind) throws {
    for draft in try drafts(kind) {
      let (base, weight) = (draft.overlay.base, draft.overlay.weight)
      let untouched = weight.pixels.indices.filter { weight.pixels[$0] == 0 }
      #expect(untouched.count > weight.pixels.count / 10)
      #expect(untouched.allSatisfy { draft.fake.pixels[$0] == base.pixels[$0] })
      #expect(weight.pixels.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test("have a mask of just what was changed: blended in by a fifth, and visibly", arguments: kinds)
  func masks(kind: ForgeryKind) throws {
    for draft in try drafts(kind) {
      let (base, weight, mask) = (draft.overlay.base, draft.overlay.weight, draft.mask)
      let marked = mask.pixels.indices.filter { mask.pixels[$0] > 0 }
      #expect(Double(marked.count) >= ChangedRegion.leastShare * Double(mask.pixels.count))
      #expect(marked.allSatisfy { mask.pixels[$0] == 1 && weight.pixels[$0] > 0.2 })
      // What is left unmarked is not seen: of strong changes next to none.
      let missed = mask.pixels.indices.filter { index in
        let change = draft.fake.pixels[index] - base.pixels[index]
        return mask.pixels[index] == 0 && change.magnitudes.largest > 40
      }
      #expect(missed.count < marked.count / 4, "\(kind): \(missed.count) of \(marked.count)")
    }
  }

  @Test("of lips are changed in the lower half of the face only")
  func lips() throws {
    for draft in try drafts(.lipSync) {
      let (mask, side) = (draft.mask, draft.mask.height)
      let rows = (0..<side).filter { y in (0..<side).contains { mask[$0, y] > 0 } }
      #expect(try #require(rows.first) > side / 3)
    }
  }

  @Test("are of the kinds asked for, swaps with a face of somebody else")
  func kindsAskedFor() throws {
    for kind in Self.kinds {
      for draft in try drafts(kind) {
        #expect(draft.kind == kind)
        if kind == .swap { #expect(draft.donor != nil && draft.donor != draft.identity) }
        if kind == .selfBlend || kind == .reenactment { #expect(draft.donor == nil) }
      }
    }
    let mixed = try forge(Set(Self.kinds), size: 64)
    let made = try (0..<60).map { try mixed.stages(seed: $0, difficulty: 1, ForgeTools()).draft.kind }
    #expect(Set(made) == Set(Self.kinds))
  }

  @Test("are more blatant the less difficult they shall be")
  func strength() throws {
    func changes(_ difficulty: Double) throws -> [Float] {
      try drafts(.selfBlend, difficulty: difficulty).map { draft in
        let marked = draft.mask.pixels.indices.filter { draft.mask.pixels[$0] > 0 }
        let sum = marked.reduce(Float(0)) {
          $0 + (draft.fake.pixels[$1] - draft.overlay.base.pixels[$1]).magnitudes.largest
        }
        return sum / Float(marked.count)
      }
    }
    let (blatant, subtle) = (try changes(0), try changes(1))
    #expect(blatant.reduce(0, +) > 1.3 * subtle.reduce(0, +))
    #expect(try drafts(.selfBlend, difficulty: 0).allSatisfy { $0.strength >= 0.9 })
  }

  @Test("are the same for the same seed, on however many threads, and others for others")
  func seeds() throws {
    let forge = try forge(Set(Self.kinds), size: 64)
    func made(_ threads: Int) throws -> [ForgedPair] {
      try mapInParallel(12, threads: threads, worker: {}) { _, index in try forge.pair(seed: UInt64(index)) }
    }
    let one = try made(1)
    #expect(try made(3) == one)
    #expect(Set(one.map(\.fake)).count == one.count)
  }

  @Test("went one way with their originals: far from what was changed the two pictures are one", arguments: kinds)
  func oneWay(kind: ForgeryKind) throws {
    let forge = try forge([kind], size: 256)
    var compared = 0
    for seed in Self.seeds {
      let stages = try forge.stages(seed: seed, difficulty: 1, ForgeTools())
      let pair = try forge.pair(seed: seed)
      // Beyond the reach of blurs and of most of a compressor's blocks.
      let near = stages.draft.overlay.weight.resized(width: pair.side, height: pair.side).reached(radius: 24)
      let far = near.pixels.indices.filter { near.pixels[$0] == 0 }
      let apart = far.reduce(0) { $0 + abs(Int(pair.real.bytes[3 * $1]) - Int(pair.fake.bytes[3 * $1])) }
      // A video's encoder spends its bits on the whole picture.
      let most = stages.degradation.rateFactor == nil ? far.count / 50 : 4 * far.count
      #expect(apart <= most, "\(kind), \(seed): \(apart) over \(far.count) pixels")
      if most < far.count { compared += far.count }
    }
    #expect(compared > 20_000)
  }

  @Test("are refused where there is nobody to make them of")
  func refused() throws {
    #expect(throws: ForgeError.self) { try Forge(FaceLibrary(photos: [])) }
    #expect(throws: ForgeError.self) { try Forge(ForgeFixture.library(people: 1), kinds: [.swap]) }
    #expect(throws: ForgeError.self) { try Forge(ForgeFixture.library(), kinds: [.genuine]) }
  }
}
