/// When a packet is decoded and when its picture is shown, in ticks of the stream's time base.
struct PacketStamps: Sendable, Hashable {
  var decoding: Int64
  var presentation: Int64

  /// Makes stamps that a container accepts: decoding times rise strictly from zero, and no picture is shown before it is
  /// decoded. Streams over RTP tell the presentation alone.
  ///
  /// - Parameter stamps: of packets in the order in which they came.
  static func fit(_ stamps: [(decoding: Int64?, presentation: Int64?)], step: Int64) -> [PacketStamps] {
    var presentation = [Int64]()
    presentation.reserveCapacity(stamps.count)
    for stamp in stamps { presentation.append(stamp.presentation ?? stamp.decoding ?? (presentation.last ?? 0) + step) }
    let told = stamps.compactMap(\.decoding)
    let isSound = told.count == stamps.count && zip(told, told.dropFirst()).allSatisfy { $0 < $1 }
    var decoding = told
    if !isSound {
      // The decoder gives pictures out in order of presentation, each one packet or more after it went in.
      let sorted = presentation.sorted()
      let delay = zip(sorted, presentation).map { $0 - $1 }.max() ?? 0
      decoding = sorted.map { $0 - delay }
    }
    let zero = decoding.first ?? 0
    var last: Int64 = -1
    return zip(decoding, presentation).map { early, late in
      last = max(last + 1, early - zero)
      return PacketStamps(decoding: last, presentation: max(last, late - zero))
    }
  }
}
