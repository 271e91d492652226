internal import Media

/// Puts what was found in a source's frames into order: section by section, and within each as the frames were taken. A
/// pure value. A source that is not divided has one section.
struct SectionOrder<Finding> {
  /// A frame's place: its section's, and its own among the section's.
  struct Ticket: Hashable {
    let section: Int
    let number: Int
  }

  private struct Part {
    var isBegun = false
    var issued = 0
    /// Frames whose findings are out.
    var passed = 0
    /// As of the last sampled frame.
    var decoded = DecodeCounters()
    var decoding: SectionDecoding?
  }

  private var parts = [Part()]
  /// The section whose findings come out.
  private var current = 0
  private var waiting: [Ticket: (finding: Finding, bytes: Int)] = [:]
  private var waitingBytes = 0

  /// Bytes of findings that may wait for those of earlier sections.
  private let mostBytes: Int

  init(mostBytes: Int = 128 << 20) { self.mostBytes = mostBytes }

  var isDivided: Bool { parts.count > 1 }

  /// There are so many sections.
  mutating func expect(sections count: Int) { parts += Array(repeating: Part(), count: count - parts.count) }

  mutating func begin(_ section: Int) { parts[section].isBegun = true }

  mutating func end(_ section: Int, _ decoding: SectionDecoding) { parts[section].decoding = decoding }

  /// What has been decoded of a section up to now.
  mutating func note(_ counters: DecodeCounters, of section: Int) { parts[section].decoded = counters }

  /// The ticket of the section's next frame.
  mutating func ticket(of section: Int) -> Ticket {
    defer { parts[section].issued += 1 }
    return Ticket(section: section, number: parts[section].issued)
  }

  mutating func keep(_ finding: Finding, bytes: Int, at ticket: Ticket) {
    waiting[ticket] = (finding, bytes)
    waitingBytes += bytes
  }

  /// The next finding in order, if it is there.
  mutating func next() -> Finding? {
    while true {
      if let kept = waiting.removeValue(forKey: Ticket(section: current, number: parts[current].passed)) {
        parts[current].passed += 1
        waitingBytes -= kept.bytes
        return kept.finding
      }
      guard let decoding = parts[current].decoding, decoding.isFollowed, decoding.delivered == parts[current].passed
      else { return nil }
      current += 1
    }
  }

  /// Whether more of a section may be found. The one whose findings come out never has to wait.
  func hasRoom(for section: Int) -> Bool { waitingBytes < mostBytes || section <= current }

  /// Whether every section that was begun is decoded.
  var isDecoded: Bool { parts.allSatisfy { !$0.isBegun || $0.decoding != nil } }

  /// The sum over the sections whose findings are out or come out now. What was decoded behind the one that ended the
  /// source does not count.
  var counters: DecodeCounters {
    parts[...current].reduce(into: DecodeCounters()) { $0 += $1.decoding?.counters ?? $1.decoded }
  }

  /// Sampled frames that a cancelled ring did not take any more.
  var refused: Int { parts[...current].reduce(0) { $0 + ($1.decoding?.refused ?? 0) } }

  /// What ended the source early, if anything did: in the section that was the last, or whatever kept those behind it from
  /// being read.
  func failure(ifUnread: @autoclosure () -> MediaError) -> MediaError? {
    if let last = parts[current].decoding, !last.isFollowed { return last.failure }
    return parts[current...].lazy.compactMap { $0.decoding?.failure }.first ?? ifUnread()
  }
}

/// How the decoding of a section ended.
struct SectionDecoding {
  let counters: DecodeCounters
  /// Sampled frames that the ring took, and those that a cancelled ring did not take any more.
  let delivered: Int
  let refused: Int
  /// Whether the next section goes on where this one ends.
  let isFollowed: Bool
  let failure: MediaError?
}
