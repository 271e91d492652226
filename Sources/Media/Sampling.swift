/// Which of the decoded frames are analysed. Goes by presentation time, never by counting frames.
public enum Sampling: Sendable, Hashable {
  /// At most this many frames a second of media time.
  case rate(Double)
  case everyFrame
  /// Only frames that decode by themselves; the decoder skips all others, which makes a stream nearly free.
  case keyFrames
  /// At most this many frames a second within these ranges of media time, which are in order and do not overlap; key
  /// frames elsewhere.
  case closer(Double, within: [ClosedRange<Double>])

  /// Slots a second, where time is cut into slots.
  var rate: Double? {
    switch self {
    case .rate(let rate), .closer(let rate, _): rate
    case .everyFrame, .keyFrames: nil
    }
  }

  /// The first beginning of a slot at `time` or later; `time` itself where there are no slots.
  func slotStart(from time: Double) -> Double {
    guard let rate, rate > 0, rate.isFinite else { return time }
    return (time * rate).rounded(.up) / rate
  }
}

/// Decides frame by frame. Time is cut into slots of 1/rate seconds; the first frame of each slot is taken.
struct SamplingSchedule: Sendable {
  let sampling: Sampling
  private var lastSlot: Double?

  init(_ sampling: Sampling) { self.sampling = sampling }

  /// Whether the frame at `time` (seconds, never decreasing) is taken.
  mutating func takes(frameAt time: Double, isKey: Bool = true) -> Bool {
    switch sampling {
    case .everyFrame, .keyFrames: return true
    case .rate(let rate): return takesNext(time, rate)
    case .closer(let rate, let ranges):
      return ranges.contains { $0.contains(time) } ? takesNext(time, rate) : isKey
    }
  }

  private mutating func takesNext(_ time: Double, _ rate: Double) -> Bool {
    guard let slot = Self.slot(of: time, rate) else { return true }
    if let lastSlot, slot <= lastSlot { return false }
    lastSlot = slot
    return true
  }

  /// The number of the slot that a time lies in; nil where there are no slots.
  static func slot(of time: Double, _ rate: Double) -> Double? {
    guard rate > 0, rate.isFinite else { return nil }
    // A frame that is early by less than rounding (a 1/1000 s container clock) belongs to the slot it begins.
    return (time * rate + 0.001 * max(1, rate)).rounded(.down)
  }

  /// When the slot behind the last one that was taken begins; nil where every frame may be taken.
  var next: Double? {
    guard case .rate(let rate) = sampling, let lastSlot else { return nil }
    return (lastSlot + 1 - 0.001 * max(1, rate)) / rate
  }
}
