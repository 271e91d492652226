/// Which packets need not be decoded because no sampled frame comes of them. A pure value; it changes what decoding
/// costs, never which frames are sampled.
struct DecodePlan: Sendable {
  /// What becomes of a packet.
  enum Step: Sendable, Hashable {
    case decode
    /// To be decoded only if other frames refer to it: an earlier frame of its slot is on its way already.
    case decodeIfReferred
    case skip
    /// Decoding begins anew with this packet, a key frame: it does not follow what was decoded before.
    case begin
  }

  private let sampling: Sampling
  /// The earliest frame of each of the slots met last.
  private var earliest: [(slot: Double, time: Double)] = []
  /// The key frame at which decoding goes on, by its place in the order of decoding.
  private var aim: Double?
  /// Whether the last packet was left out.
  private var isApart = false
  /// Frames are presented in another order than they are decoded in, across no more slots than this.
  private static let slotsAtOnce = 32

  init(_ sampling: Sampling) { self.sampling = sampling }

  /// Whether packets are being passed over until a key frame.
  var isSkipping: Bool { aim != nil }

  /// Nothing before the key frame that is decoded at `order` is needed.
  mutating func skip(to order: Double) { aim = order }

  /// - Parameters:
  ///   - time: media time at which the frame is presented; nil if it is not known.
  ///   - order: when it is decoded or presented, whichever is later, on the clock of the key frames of `skip(to:)`:
  ///     indices have the one or the other.
  mutating func step(presentedAt time: Double?, by order: Double?, isKey: Bool) -> Step {
    if let aim {
      guard isKey, let order, order >= aim - 0.0005 else { return .skip }
      self.aim = nil
      // Its slot is taken, as that of any other frame.
      if let time, case .rate(let rate) = sampling { _ = isFirst(time, rate) }
      return .begin
    }
    switch sampling {
    case .everyFrame: return .decode
    case .keyFrames: return isKey ? .begin : .decode
    case .rate(let rate):
      guard let time else { return .decode }
      return isFirst(time, rate) ? .decode : .decodeIfReferred
    case .closer(_, let ranges):
      guard let time else { return .decode }
      let isWanted = isKey || ranges.contains { $0.contains(time) }
      defer { isApart = !isWanted }
      return isWanted ? isApart && isKey ? .begin : .decode : .skip
    }
  }

  /// Whether no earlier frame of the same slot has been met.
  private mutating func isFirst(_ time: Double, _ rate: Double) -> Bool {
    guard let slot = SamplingSchedule.slot(of: time, rate) else { return true }
    guard let index = earliest.firstIndex(where: { $0.slot == slot }) else {
      if earliest.count >= Self.slotsAtOnce { earliest.removeFirst() }
      earliest.append((slot, time))
      return true
    }
    if time < earliest[index].time {
      earliest[index].time = time
      return true
    }
    return false
  }
}
