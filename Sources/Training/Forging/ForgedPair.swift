public import Media

/// The kinds of fakes that can be made from real faces.
public enum ForgeryKind: String, Sendable, CaseIterable, Codable {
  /// The face blended with itself, changed in colour, texture, size and place.
  case selfBlend = "self"
  /// Another person's face.
  case swap
  /// Another mouth.
  case lipSync = "lips"
  /// The face bent into another expression and painted anew.
  case reenactment = "reenact"
  /// Not forged here: a frame of a manipulated clip beside that of its original.
  case genuine
}

/// A real face and a fake made of it, alike in everything but the manipulation.
public struct ForgedPair: Sendable, Hashable {
  /// Square.
  public let real: Picture
  /// Square, of the same size.
  public let fake: Picture
  /// 1 where the fake was changed, else 0: one for each pixel, row by row.
  public let mask: [UInt8]
  public let kind: ForgeryKind
  /// Whose face the real picture shows.
  public let identity: String
  /// Whose face, or mouth, was blended in, if another's.
  public let donor: String?
  /// The seed that makes this pair again.
  public let seed: UInt64
  /// How blatant the fake is and what was done to both pictures, where the pair was forged.
  let draw: Draw?

  struct Draw: Sendable, Hashable {
    /// 1 for what one notices at once, towards 0 for the subtle.
    var strength: Double
    var degradation: Degradation
  }

  /// The side of both pictures and of the mask, in pixels.
  public var side: Int { real.width }

  /// The mask, white where the fake was changed.
  public var maskPicture: Picture {
    Picture(size: real.size, bytes: mask.flatMap { value in repeatElement(value * 255, count: 3) })
  }
}
