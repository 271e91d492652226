public import Media

/// What measuring asks of each mask beside the finding.
public struct SurveyRequest: Sendable, Hashable {
  /// The minimum component sizes for which a score is wanted, ascending.
  public var minimumComponents: [Int]
  /// Whether the pixels that exceed the threshold are wanted.
  public var keepsMarks: Bool

  public init(minimumComponents: [Int], keepsMarks: Bool = false) {
    precondition(minimumComponents == minimumComponents.sorted(), "component sizes ascend")
    self.minimumComponents = minimumComponents
    self.keepsMarks = keepsMarks
  }
}

/// One mask seen with several frame rules, for evaluation and calibration.
public struct MaskSurvey: Sendable, Hashable {
  /// The score for each of the requested component sizes, as the network's confidences have it: not calibrated.
  public let scores: [Float]
  /// The pixels above the rule's threshold, if they were asked for.
  public let marks: MarkedPixels?

  public init(scores: [Float], marks: MarkedPixels? = nil) {
    self.scores = scores
    self.marks = marks
  }
}

/// Which pixels of a square crop are marked as manipulated, one bit each.
public struct MarkedPixels: Sendable, Hashable {
  /// What part of the displayed picture the crop shows.
  public let area: Rectangle
  /// Width and height of the crop in pixels.
  public let side: Int
  private var words: [UInt64]

  /// Marks the confidences above `threshold`.
  /// - Parameter mask: row-major, `side * side` of them.
  public init(_ mask: Span<Float>, side: Int, above threshold: Float, area: Rectangle) {
    precondition(mask.count == side * side, "a crop of side \(side) has \(side * side) pixels, not \(mask.count)")
    self.area = area
    self.side = side
    words = Array(repeating: 0, count: (side * side + 63) / 64)
    for pixel in 0..<mask.count where mask[pixel] > threshold { words[pixel / 64] |= 1 << (pixel % 64) }
  }

  public func isMarked(_ pixel: Int) -> Bool { words[pixel / 64] >> (pixel % 64) & 1 == 1 }

  /// Number of marked pixels.
  public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
}
