internal import Forensics
internal import Records

/// The stretches of a video that its record tells: as many as a line has room for. The manipulated ones go before all
/// others, a higher score before a lower one; those that are told stand in order of time.
struct SegmentChoice: Sendable, Hashable {
  /// Some 80 bytes each: two thirds of a line.
  static let most = 60

  let segments: [SegmentDetails]
  /// How many are not told. Each has had a record of its own.
  let omitted: Int

  init(of stretches: [LedgerStretch]) {
    let telling = stretches.enumerated().sorted { one, other in
      let (left, right) = (one.element.verdict, other.element.verdict)
      if (left.label == .fake) != (right.label == .fake) { return left.label == .fake }
      return (left.score ?? -1, -one.offset) > (right.score ?? -1, -other.offset)
    }
    let chosen = telling.prefix(Self.most).sorted { one, other in
      (one.element.verdict.start, one.element.track, one.offset)
        < (other.element.verdict.start, other.element.track, other.offset)
    }
    segments = chosen.map { SegmentDetails($0.element) }
    omitted = stretches.count - segments.count
  }
}

extension SegmentDetails {
  init(_ stretch: LedgerStretch) {
    let verdict = stretch.verdict
    self.init(
      start: verdict.start, end: verdict.end, track: stretch.track, label: verdict.label.rawValue,
      score: verdict.score.map(Double.init))
  }
}
