/// Puts the decoding stamps of a source's packets on one clock that never goes back, whatever the source does: missing
/// stamps, clocks that are set back, gaps. A pure value; counts in ticks of the stream's time base.
struct PacketClock: Sendable {
  /// Ticks in a second.
  let rate: Double
  /// Ticks from one packet to the next where stamps do not say.
  let step: Int64
  /// Steps back, and ahead, by more seconds than these are a clock that was set.
  static let longestStepBack = 1.0
  static let longestGap = 10.0

  /// What has to be added to the source's own stamps now.
  private(set) var offset: Int64 = 0
  /// The place of the newest packet.
  private(set) var now: Int64?

  init(rate: Double, step: Int64) {
    self.rate = rate
    self.step = max(1, step)
  }

  /// The place of the next packet, which bears `stamp` if it bears any.
  mutating func place(_ stamp: Int64?) -> Int64 {
    guard let now else {
      offset = -(stamp ?? 0)
      now = 0
      return 0
    }
    guard let stamp else {
      self.now = now + step
      return now + step
    }
    var (place, isTooLarge) = stamp.addingReportingOverflow(offset)
    if isTooLarge || Double(place - now) < -Self.longestStepBack * rate
      || Double(place - now) > Self.longestGap * rate
    {
      place = now + step
      offset = place &- stamp
    }
    self.now = max(now, place)
    return max(now, place)
  }
}
