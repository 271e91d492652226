public import Faces
public import Media
public import Neural

/// Segments the manipulated region of faces. One thread at a time; owns the network's arena and the scorer's scratch,
/// so a call allocates nothing.
public final class Segmenter {
  private let card: ModelCard
  private let rule: FrameRule
  /// The rule with its threshold in the network's own confidences.
  private let rawRule: FrameRule
  private let input: String
  private let output: String
  private let execution: Execution
  private let sampler = FrameSampler()
  private var scorer: MaskScorer

  /// - Parameters:
  ///   - rule: the frame rule to apply; the model's own unless a user set another threshold. Its threshold is compared
  ///     with calibrated scores.
  ///   - workspace: memory shared with the other networks of the thread.
  public init(_ model: DetectorModel, rule: FrameRule, workspace: Workspace = Workspace()) throws(ModelError) {
    card = model.card
    self.rule = rule
    rawRule = FrameRule(
      threshold: model.card.calibration.score(of: rule.threshold), minimumComponent: rule.minimumComponent)
    input = model.input
    output = model.output
    let side = card.inputSize
    execution = model.network.execution(workspace: workspace)
    guard execution.shape(ofOutput: output).count == side * side else {
      throw ModelError(
        .unsupported,
        "output \(model.output) has shape \(execution.shape(ofOutput: output)); expected one \(side)x\(side) mask")
    }
    scorer = MaskScorer(width: side, height: side)
  }

  /// The square that the model sees for a face: `cropScale` times the longer side of its box, at the frame's edge as the
  /// model learnt it.
  public func cropArea(of face: Face, in frame: Frame) -> Rectangle {
    switch card.cropEdge {
    case .grey: FaceCrop(around: face.box, scale: card.cropScale).area
    case .inside: FaceCrop(around: face.box, scale: card.cropScale, within: frame.size).area
    }
  }

  /// Segments one face, cut straight out of the frame's planes, and applies the frame rule.
  public func finding(for face: Face, in frame: Frame) -> MaskFinding {
    crop(face, from: frame)
    segment()
    return score()
  }

  /// The pixels above the frame rule's threshold in the mask of the last finding, which must have been that of `face`.
  public func marks(of face: Face, in frame: Frame) -> MarkedPixels {
    let area = cropArea(of: face, in: frame)
    return execution.withOutput(output) {
      MarkedPixels($0, side: card.inputSize, above: rawRule.threshold, area: area)
    }
  }

  /// What a person is to be shown of `face`, whose finding must have been the last; nil where the rule does not fire.
  public func exhibit(of face: Face, _ finding: MaskFinding, in frame: Frame) -> Exhibit? {
    rule.fires(at: finding.score) ? Exhibit(marks(of: face, in: frame), of: frame, sampler: sampler) : nil
  }

  /// The same, and what is asked of the mask beside it.
  public func survey(
    _ request: SurveyRequest, for face: Face, in frame: Frame
  ) -> (finding: MaskFinding, survey: MaskSurvey) {
    crop(face, from: frame)
    segment()
    let area = cropArea(of: face, in: frame)
    // The rule's own threshold among the levels, so that one pass over the mask answers all.
    let own = request.areaLevels.firstIndex { $0 >= rawRule.threshold } ?? request.areaLevels.count
    var levels = request.areaLevels
    levels.insert(rawRule.threshold, at: own)
    let (score, areas) = execution.withOutput(output) {
      scorer.profile(of: $0, minimum: rawRule.minimumComponent, levels: levels)
    }
    let survey = execution.withOutput(output) { mask in
      MaskSurvey(
        scores: request.minimumComponents.isEmpty
          ? [] : scorer.scores(in: mask, minimums: request.minimumComponents),
        marks: request.keepsMarks
          ? MarkedPixels(mask, side: card.inputSize, above: rawRule.threshold, area: area) : nil,
        score: score, areas: Array(areas[..<own] + areas[(own + 1)...]),
        picture: request.keepsPictures ? picture(of: area, in: frame, mask) : nil)
    }
    let raw = MaskFinding(score: score, area: areas[own])
    return (card.calibration.calibrated(raw, by: rawRule, threshold: rule.threshold), survey)
  }

  private func picture(of area: Rectangle, in frame: Frame, _ mask: Span<Float>) -> FacePicture {
    let size = PixelSize(width: card.inputSize, height: card.inputSize)
    var confidences = [UInt8](repeating: 0, count: mask.count)
    for pixel in 0..<mask.count {
      // NaN becomes 0, as the scorer has it.
      confidences[pixel] = mask[pixel] > 0 ? UInt8(min(mask[pixel], 1) * 255 + 0.5) : 0
    }
    return FacePicture(
      area: area, crop: Picture(frame, area: area, size: size, sampler: sampler), mask: confidences)
  }

  /// Fills the network's input. What lies outside the picture enters as the card's mean, the middle of the input range.
  func crop(_ face: Face, from frame: Frame) {
    let size = PixelSize(width: card.inputSize, height: card.inputSize)
    execution.withInput(input) { planes in
      sampler.sample(
        cropArea(of: face, in: frame), of: frame, to: size, mean: card.mean, scale: card.scale, outside: card.mean,
        into: &planes)
    }
  }

  func segment() { execution.run() }

  func score() -> MaskFinding {
    let finding = execution.withOutput(output) { scorer.finding(in: $0, rule: rawRule) }
    return card.calibration.calibrated(finding, by: rawRule, threshold: rule.threshold)
  }
}
