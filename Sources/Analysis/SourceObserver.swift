/// Looks on while one source is decoded and analysed: for status boards and metrics. Called from the threads that do
/// the work, for every frame: an observer returns within microseconds and calls nothing of the analysis.
public protocol SourceObserver: Sendable {
  /// A frame came out of the decoder, which had computed for `decodeSeconds` since the one before.
  /// - Parameter isSampled: whether it is to be looked at.
  func frameDecoded(isSampled: Bool, decodeSeconds: Double)
  /// A packet could not be decoded, or a frame came out damaged.
  func frameDamaged()
  /// A sampled frame reached its ballots, `delay` seconds after it had been decoded.
  func frameAnalysed(faces: Int, delay: Double)
  /// Sampled frames gave way to newer ones, or were given up when the source was closed.
  func framesEvicted(_ count: Int)
  /// A sampled frame could not be analysed.
  func frameFailed()
  /// A frame was no evidence: frozen, black or damaged.
  func ballotWithheld()
  /// Seconds that finding faces and judging them took, for one frame.
  func frameTook(detection: Double, segmentation: Double)
  /// Frames that wait for the analysis.
  func queueHolds(_ frames: Int)
  /// Whether a picture of the next frame is wanted for people to look at. Asked for each frame; drawing one costs a few
  /// milliseconds.
  func wantsView() -> Bool
  /// The picture that was wanted.
  func viewDrawn(_ view: FrameView)
}
