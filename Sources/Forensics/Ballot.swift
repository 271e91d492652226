public import Media

/// What one sampled frame says about one tracked face.
public struct Ballot: Sendable, Hashable {
  public enum Vote: Sendable, Hashable {
    /// The frame rule was asked.
    case cast(Evidence)
    /// There was no usable face to ask about: hidden, too small, or the frame was damaged.
    case abstained
  }

  /// Media time of the frame, seconds since the start of the source.
  public let time: Double
  public private(set) var vote: Vote

  public init(time: Double, vote: Vote) {
    self.time = time
    self.vote = vote
  }

  var score: Float? {
    switch vote {
    case .cast(let evidence): evidence.finding.score
    case .abstained: nil
    }
  }

  var hasExhibit: Bool {
    if case .cast(let evidence) = vote { evidence.exhibit != nil } else { false }
  }

  mutating func dropExhibit() {
    guard case .cast(var evidence) = vote, evidence.exhibit != nil else { return }
    evidence.exhibit = nil
    vote = .cast(evidence)
  }
}

/// One judged face: what the mask said, and where in which picture.
public struct Evidence: Sendable, Hashable {
  public let finding: MaskFinding
  /// The face's box in pixels of the displayed picture.
  public let box: Rectangle
  /// Size of the displayed picture.
  public let picture: PixelSize
  /// What a person is to be shown, if it was asked for and the rule fired.
  public internal(set) var exhibit: Exhibit?

  public init(finding: MaskFinding, box: Rectangle, picture: PixelSize, exhibit: Exhibit? = nil) {
    self.finding = finding
    self.box = box
    self.picture = picture
    self.exhibit = exhibit
  }
}
