internal import Analysis
internal import Forensics
internal import Media

/// What the detector said of one video or picture, frame by frame, before any threshold: enough to vote again with
/// another rule without decoding anything again.
struct ScoredSource: Sendable, Hashable {
  var item: EvaluationItem
  /// How it was treated before it was judged; `original` when not at all.
  var condition: String
  var isStill: Bool
  /// Media time looked at, seconds; 0 for a picture.
  var seconds: Double
  var frames: [ScoredFrame]
  /// Why it could not be read, or not to its end.
  var failure: String?

  /// Whether nothing could be read of it.
  var isUnreadable: Bool { failure != nil && frames.isEmpty }
}

/// One sampled frame.
struct ScoredFrame: Sendable, Hashable {
  /// Seconds since the start.
  var time: Double
  var people: [ScoredPerson]
  /// Tracks that ended before this frame.
  var ended: [Int]

  /// The marked pixels of all faces against the true ones; nil without a true mask.
  var overlap: MaskOverlap? {
    let overlaps = people.compactMap(\.overlap)
    return overlaps.isEmpty ? nil : overlaps.reduce(MaskOverlap(), +)
  }
}

/// One person followed in a frame.
struct ScoredPerson: Sendable, Hashable {
  var track: Int
  /// The raw frame score for each of the minimum component sizes; nil for an abstention.
  var scores: [Float]?
  /// The pixels marked by the model's own rule against the true ones.
  var overlap: MaskOverlap?
}

/// How two masks of a face overlap, in pixels of the crop.
struct MaskOverlap: Sendable, Hashable, Codable {
  var common = 0
  var marked = 0
  var manipulated = 0

  /// 2·|A ∩ B| / (|A| + |B|); nil when both are empty.
  var dice: Double? {
    marked + manipulated > 0 ? 2 * Double(common) / Double(marked + manipulated) : nil
  }

  static func + (left: MaskOverlap, right: MaskOverlap) -> MaskOverlap {
    MaskOverlap(
      common: left.common + right.common, marked: left.marked + right.marked,
      manipulated: left.manipulated + right.manipulated)
  }
}
