/// Which of the decoded frames are analysed. Goes by presentation time, never by counting frames.
public enum Sampling: Sendable, Hashable {
  /// At most this many frames a second of media time.
  case rate(Double)
  case everyFrame
  /// Only frames that decode by themselves; the decoder skips all others, which makes a stream nearly free.
  case keyFrames
}

/// Decides frame by frame. Time is cut into slots of 1/rate seconds; the first frame of each slot is taken.
struct SamplingSchedule: Sendable {
  let sampling: Sampling
  private var lastSlot: Double?

  init(_ sampling: Sampling) { self.sampling = sampling }

  /// Whether the frame at `time` (seconds, never decreasing) is taken.
  mutating func takes(frameAt time: Double) -> Bool {
    guard case .rate(let rate) = sampling, rate > 0, rate.isFinite else { return true }
    // A frame that is early by less than rounding (a 1/1000 s container clock) belongs to the slot it begins.
    let slot = (time * rate + 0.001 * max(1, rate)).rounded(.down)
    if let lastSlot, slot <= lastSlot { return false }
    lastSlot = slot
    return true
  }
}
