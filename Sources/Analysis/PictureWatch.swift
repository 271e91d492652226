internal import Media

/// What kind of pictures a stream shows.
public enum PictureCondition: String, Sendable, Hashable, CaseIterable {
  case lively
  /// The same picture again and again: a camera or an encoder that hangs, or somebody who plays a still.
  case frozen
  /// Nothing but darkness.
  case black
}

/// Notices pictures that stand still or are black. A pure value; time comes with the pictures.
///
/// A picture that equals the one a second ago says nothing new, so its ballot is withheld at once; that the stream is
/// frozen is said only after some seconds, because a scene may pause.
struct PictureWatch: Sendable {
  /// Seconds of standstill from which ballots are withheld.
  static let repeats = 1.0

  /// Seconds after which a standstill or darkness is told; nil does not look for it.
  let frozenAfter: Double?
  let blackAfter: Double?
  private(set) var condition = PictureCondition.lively
  private var reference: (signature: LumaSignature, since: Double)?
  private var blackSince: Double?

  init(frozenAfter: Double?, blackAfter: Double?) {
    self.frozenAfter = frozenAfter
    self.blackAfter = blackAfter
  }

  /// Whether there is anything to look for.
  var isOn: Bool { frozenAfter != nil || blackAfter != nil }

  /// What became of one picture.
  struct Finding: Sendable, Hashable {
    /// Whether the picture is no evidence of anything.
    let isWithheld: Bool
    /// The new condition, if this picture changed it.
    let change: PictureCondition?
  }

  /// Takes the next picture in.
  mutating func look(at signature: LumaSignature, time: Double) -> Finding {
    if reference.map({ signature.isSamePicture(as: $0.signature) }) != true { reference = (signature, time) }
    blackSince = signature.isBlack ? blackSince ?? time : nil
    let stillFor = time - (reference?.since ?? time)
    let now: PictureCondition =
      if let blackAfter, let blackSince {
        // What is frozen and black is black.
        time - blackSince >= blackAfter ? .black : condition
      } else if let frozenAfter, stillFor >= frozenAfter {
        .frozen
      } else {
        .lively
      }
    let change = now == condition ? nil : now
    condition = now
    let repeats = frozenAfter.map { stillFor >= min(Self.repeats, $0) } ?? false
    return Finding(isWithheld: repeats || (blackAfter != nil && blackSince != nil), change: change)
  }
}
