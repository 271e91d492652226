/// A real face, the fake made from the same photograph, and where the two differ.
public struct TrainingPair: Sendable {
  /// Side of the three square pictures in pixels.
  public let side: Int
  /// (side, side, 3), row by row, RGB.
  public let real: [UInt8]
  /// (side, side, 3), row by row, RGB.
  public let fake: [UInt8]
  /// (side, side): 1 where the fake was changed, else 0.
  public let mask: [UInt8]

  /// - Precondition: the counts belong to `side`.
  public init(side: Int, real: [UInt8], fake: [UInt8], mask: [UInt8]) {
    precondition(real.count == 3 * side * side && fake.count == real.count, "a picture's bytes do not fit its side")
    precondition(mask.count == side * side, "a mask's bytes do not fit its side")
    (self.side, self.real, self.fake, self.mask) = (side, real, fake, mask)
  }
}

/// Where training pairs come from. Called from several threads at once.
public protocol PairSource: Sendable {
  /// The pair that `draw` names, always the same for the same draw.
  func pair(_ draw: PairDraw) throws -> TrainingPair
  /// Faces to learn from and faces held out.
  var faceCounts: (training: Int, heldOut: Int) { get }
  /// Changes when the material does, so that a run that goes on can say that its numbers will differ.
  var fingerprint: String { get }
  /// One clause for the model's card: what the pairs are made from.
  var summary: String { get }
}
