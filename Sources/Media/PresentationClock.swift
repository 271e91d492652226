/// Turns the timestamps of decoded frames into seconds since the start that never decrease, whatever a source does:
/// missing timestamps, clocks that wrap or are set back, gaps.
struct PresentationClock: Sendable {
  /// Seconds from one frame to the next, where timestamps do not say.
  let frameDuration: Double
  /// A step ahead by more seconds than this is a broken clock, not a pause. Infinite for files that may pause.
  let longestGap: Double
  /// A step back by up to this many seconds is jitter: the frame gets the time of the one before.
  static let jitter = 1.0

  private var base: Double?
  private var lastStamp: Double?
  private var lastTime = 0.0
  private var isFirst = true

  /// `start` is the timestamp, in seconds, that counts as zero; nil takes the first frame's.
  init(start: Double?, frameDuration: Double, longestGap: Double) {
    base = start
    self.frameDuration = frameDuration.isFinite && frameDuration > 0 ? frameDuration : 0.04
    self.longestGap = longestGap
  }

  /// Goes on behind a place in the middle of a recording.
  init(continuingAt entry: Section.Entry, frameDuration: Double, longestGap: Double) {
    self.init(start: entry.zero, frameDuration: frameDuration, longestGap: longestGap)
    lastStamp = entry.order
    lastTime = entry.order - entry.zero
    isFirst = false
  }

  /// The media time of a frame that is still to come, by its timestamp in seconds; nil before the first frame, and where
  /// a source may set its clock anew.
  func time(ahead stamp: Double) -> Double? {
    guard !isFirst, longestGap == .infinity, let base, stamp.isFinite else { return nil }
    return stamp - base
  }

  /// The timestamp of a media time, where `time(ahead:)` is known.
  func stamp(at time: Double) -> Double? {
    guard !isFirst, longestGap == .infinity, let base else { return nil }
    return time + base
  }

  /// The media time of the next frame. `stamp` is its timestamp in seconds, nil if it has none.
  mutating func time(ofFrameStamped stamp: Double?) -> Double {
    defer { isFirst = false }
    guard let stamp, stamp.isFinite else {
      let time = isFirst ? 0 : lastTime + frameDuration
      // A stamp that comes later goes on from here.
      lastStamp = lastStamp.map { $0 + frameDuration }
      lastTime = time
      return time
    }
    defer { lastStamp = stamp }
    var zero = base ?? stamp
    if isFirst {
      // Before the declared start, or absurdly far behind it: the declaration is wrong.
      if stamp < zero || stamp - zero > max(longestGap, 3600) { zero = stamp }
    } else if let lastStamp {
      let step = stamp - lastStamp
      if step < -Self.jitter || step > longestGap {
        zero = stamp - (lastTime + frameDuration)
      }
    } else {
      zero = stamp - (lastTime + frameDuration)
    }
    base = zero
    lastTime = max(lastTime, stamp - zero)
    return lastTime
  }
}
