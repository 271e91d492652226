internal import Analysis

/// The analysis reports to the stream's place on the board by itself, frame by frame.
extension StreamStatus: SourceObserver {
  func frameDecoded(isSampled: Bool, decodeSeconds: Double) {
    frameArrived(isSampled: isSampled)
    // Frames that were passed over cost nothing.
    if decodeSeconds > 0 { took(decodeSeconds, in: .decode) }
  }

  func frameDamaged() { framesCorrupt() }

  func framesEvicted(_ count: Int) { framesDropped(count) }

  func ballotWithheld() { ballotsWithheld() }

  func frameFailed() { framesFailed() }

  func wantsView() -> Bool { wantsPicture() }

  func viewDrawn(_ view: FrameView) { show(StatusPicture(view)) }

  func frameTook(detection: Double, segmentation: Double) {
    took(detection, in: .detect)
    took(segmentation, in: .segment)
  }
}
