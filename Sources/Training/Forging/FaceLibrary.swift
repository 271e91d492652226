/// Real faces to train on: found once, packed in memory, in an order that depends on the files alone.
public struct FaceLibrary: Sendable {
  /// What faces are taken, and how they are kept.
  public struct Settings: Sendable, Hashable, Codable {
    /// Added to the face's longer side on each side, as a share of it.
    public var margin = 0.45
    /// The longest side of a crop, in pixels.
    public var side = 400
    /// The shortest side of a face's box, in pixels of the picture.
    public var minimumFace = 56.0
    /// The least probability that it is a face.
    public var minimumScore: Float = 0.95
    /// JPEG quality of the crops.
    public var quality = 95
    /// Frames taken from a video, evenly.
    public var framesPerVideo = 32

    public init() {}
  }

  /// A file that gave no face, and why.
  public struct Problem: Sendable, Hashable, Codable, CustomStringConvertible {
    public let path: String
    /// Whether it could not be read, rather than shows no face that counts.
    public let isUnreadable: Bool
    /// One sentence.
    public let description: String
  }

  public let photos: [FacePhoto]
  public let problems: [Problem]

  public init(photos: [FacePhoto], problems: [Problem] = []) {
    self.photos = photos
    self.problems = problems
  }

  /// The different people, as far as the material tells.
  public var identities: Set<String> { Set(photos.map(\.identity)) }

  /// Two libraries without a person in common. Who is held out depends on the identity's name alone, so that a person
  /// stays on one side when others are added.
  ///
  /// - Parameter share: of the people to be held out, 0...1.
  public func split(heldOut share: Double = 0.05) -> (training: FaceLibrary, heldOut: FaceLibrary) {
    let isHeldOut = photos.map { Self.place(of: $0.identity) < share }
    return (
      FaceLibrary(photos: zip(photos, isHeldOut).filter { !$0.1 }.map(\.0)),
      FaceLibrary(photos: zip(photos, isHeldOut).filter { $0.1 }.map(\.0))
    )
  }

  /// A number in 0..<1 that a name has on every machine: FNV-1a, finished by SplitMix64.
  static func place(of identity: String) -> Double {
    let hash = identity.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    var random = SeededRandom(seed: hash)
    return random.unit()
  }

  /// Changes when a face is added, lost or cut otherwise.
  public var fingerprint: String {
    var hash = 0xCBF2_9CE4_8422_2325 as UInt64
    for photo in photos {
      for byte in photo.origin.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = (hash ^ UInt64(photo.jpeg.count)) &* 0x100_0000_01B3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
