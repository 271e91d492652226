/// A part of a recording that can be decoded by itself, from a key frame on.
///
/// Where sections begin depends on the file and the sampling alone, never on who decodes them: a recording comes out the
/// same from one thread and from several, damaged places included.
public struct Section: Sendable, Hashable {
  /// Its place among the recording's sections, from 0.
  public let number: Int
  /// Media times between which its frames lie: infinite at both ends of the recording, otherwise where a sampling slot
  /// begins.
  let begin: Double
  let end: Double
  /// Where decoding begins; nil at the beginning of the file.
  let entry: Entry?

  /// A key frame on the container's clock.
  struct Entry: Sendable, Hashable {
    /// Seconds at which it is decoded, as the container's index has it.
    let order: Double
    /// The timestamp, in seconds, of media time zero.
    let zero: Double
  }

  /// The undivided recording.
  static let whole = Section(number: 0, begin: -.infinity, end: .infinity, entry: nil)

  enum Place { case before, within, behind }

  /// Where a frame lies that is presented at `time`. Goes by sampling slots, so that no slot has frames in two sections.
  func place(of time: Double, _ sampling: Sampling) -> Place {
    if Self.lies(time, before: begin, sampling) { return .before }
    return Self.lies(time, before: end, sampling) ? .within : .behind
  }

  private static func lies(_ time: Double, before bound: Double, _ sampling: Sampling) -> Bool {
    guard bound.isFinite, let rate = sampling.rate, let slot = SamplingSchedule.slot(of: time, rate),
      let first = SamplingSchedule.slot(of: bound, rate)
    else { return time < bound }
    return slot < first
  }
}

extension Section {
  /// A key frame as a container's index names it: when it is decoded, in seconds on the container's clock, and at which
  /// byte of the file it lies.
  struct IndexedKey {
    let order: Double
    let position: Int64
  }

  /// Seconds and bytes that a section has at least, and how many there are at most: opening the file anew must cost next
  /// to nothing beside decoding, whatever an index claims.
  static let shortest = 30.0
  static let leastBytes: Int64 = 1 << 20
  static let most = 500
  /// No file is longer: where an index says more, it lies.
  private static let furthest: Int64 = 1 << 60

  /// Draws the sections of a recording.
  /// - Parameters:
  ///   - keys: in the order of the index.
  ///   - zero: the timestamp, in seconds, of media time zero.
  ///   - time: media time up to which the recording is read already.
  ///   - duration: seconds.
  /// - Returns: all of it, in order; empty where it is not worth dividing.
  static func division(
    at keys: some Sequence<IndexedKey>, zero: Double, after time: Double, duration: Double, _ sampling: Sampling
  ) -> [Section] {
    let length = max(shortest, duration / Double(most))
    var starts: [(begin: Double, entry: Entry)] = []
    var last = (begin: max(time, 0), position: Int64(0))
    for key in keys where (0...furthest).contains(key.position) {
      // A frame is decoded up to some frames before it is presented, never a second. What is presented from then on needs
      // nothing from before the key frame.
      let begin = sampling.slotStart(from: key.order - zero + 1)
      guard begin - last.begin >= length, key.position - last.position >= leastBytes, duration - begin >= length else {
        continue
      }
      starts.append((begin, Entry(order: key.order, zero: zero)))
      last = (begin, key.position)
    }
    guard !starts.isEmpty else { return [] }
    let bounds = [-.infinity] + starts.map(\.begin) + [.infinity]
    return (0...starts.count).map { number in
      Section(
        number: number, begin: bounds[number], end: bounds[number + 1],
        entry: number == 0 ? nil : starts[number - 1].entry)
    }
  }
}
