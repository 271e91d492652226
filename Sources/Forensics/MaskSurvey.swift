public import Media

/// What is asked of each mask beside the finding, for measuring and for keeping.
public struct SurveyRequest: Sendable, Hashable {
  /// The minimum component sizes for which a score is wanted, ascending.
  public var minimumComponents: [Int]
  /// Whether the pixels that exceed the threshold are wanted.
  public var keepsMarks: Bool
  /// The confidences, ascending, at which the area of the rule's components is wanted.
  public var areaLevels: [Float]
  /// Whether the crop and its mask are wanted as pictures.
  public var keepsPictures: Bool

  public init(
    minimumComponents: [Int] = [], keepsMarks: Bool = false, areaLevels: [Float] = [], keepsPictures: Bool = false
  ) {
    precondition(minimumComponents == minimumComponents.sorted(), "component sizes ascend")
    precondition(areaLevels == areaLevels.sorted(), "levels ascend")
    self.minimumComponents = minimumComponents
    self.keepsMarks = keepsMarks
    self.areaLevels = areaLevels
    self.keepsPictures = keepsPictures
  }
}

/// One mask seen with several frame rules, for evaluation and calibration, and what a ledger keeps of it.
public struct MaskSurvey: Sendable, Hashable {
  /// The score for each of the requested component sizes, as the network's confidences have it: not calibrated.
  public let scores: [Float]
  /// The pixels above the rule's threshold, if they were asked for.
  public let marks: MarkedPixels?
  /// The score by the rule's own component size, not calibrated.
  public let score: Float
  /// The share of the mask at each of the requested levels.
  public let areas: [Float]
  /// The crop and its mask, if they were asked for.
  public let picture: FacePicture?

  public init(
    scores: [Float], marks: MarkedPixels? = nil, score: Float = 0, areas: [Float] = [], picture: FacePicture? = nil
  ) {
    self.scores = scores
    self.marks = marks
    self.score = score
    self.areas = areas
    self.picture = picture
  }
}

/// The crop around a face as the network saw it, and the mask that the network made of it.
public struct FacePicture: Sendable, Hashable {
  /// What part of the displayed picture both show.
  public let area: Rectangle
  public let crop: Picture
  /// Row-major confidences, 0 for 0 and 255 for 1, one for each pixel of the crop.
  public let mask: [UInt8]

  public init(area: Rectangle, crop: Picture, mask: [UInt8]) {
    precondition(mask.count == crop.size.pixels, "a mask has a confidence for each pixel of its crop")
    self.area = area
    self.crop = crop
    self.mask = mask
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
