internal import Foundation
internal import Media

/// Plays recordings at their own speed: waits before each frame until its time has come.
struct Pacer {
  private let begin = ContinuousClock.now
  private var first: Double?
  private let canceller: Canceller

  init(_ canceller: Canceller) { self.canceller = canceller }

  /// Blocks until the frame at `time`, seconds of media time, is due, or somebody cancels.
  mutating func wait(until time: Double) {
    let first = first ?? time
    self.first = first
    while !canceller.isCancelled {
      let left = (time - first) - (ContinuousClock.now - begin) / .seconds(1)
      guard left > 0 else { return }
      usleep(UInt32(min(left, 0.1) * 1_000_000))
    }
  }
}
