internal import Faces
internal import Forensics
internal import Media
internal import Neural

/// Looks at frames: finds the faces and judges each. One for each analysis thread; what it finds depends on the frame
/// alone, so frames of one source may be examined side by side and put in order afterwards.
final class Examiner {
  private let detector: FaceDetector
  private let segmenter: Segmenter
  private let survey: SurveyRequest?

  init(models: AnalysisModels, settings: AnalysisSettings) throws {
    // Detection is over when segmentation begins, so both live in the same memory.
    let workspace = Workspace()
    detector = FaceDetector(models: models.faces, minimumFace: settings.minimumFace, workspace: workspace)
    survey = settings.survey
    segmenter = try Segmenter(models.detector, rule: models.rule(settings), workspace: workspace)
  }

  func examine(_ frame: Frame) throws -> Examination {
    let detection = try detector.faces(in: frame)
    var findings: [MaskFinding] = []
    var surveys: [MaskSurvey] = []
    for face in detection.faces {
      guard let survey else {
        findings.append(segmenter.finding(for: face, in: frame))
        continue
      }
      let surveyed = segmenter.survey(survey, for: face, in: frame)
      findings.append(surveyed.finding)
      surveys.append(surveyed.survey)
    }
    return Examination(
      time: frame.time, arrival: frame.arrival, picture: frame.size, isCorrupt: frame.isCorrupt, detection: detection,
      findings: findings, surveys: surveys)
  }
}

/// What one frame showed.
struct Examination: Sendable {
  /// Media time, seconds since the start of the source.
  let time: Double
  /// Wall-clock time of arrival, Unix seconds.
  let arrival: Double
  /// Size of the displayed picture.
  let picture: PixelSize
  let isCorrupt: Bool
  let detection: Detection
  /// One for each face of the detection, in its order.
  let findings: [MaskFinding]
  /// What measuring asked for, one for each face; empty when nothing was asked.
  var surveys: [MaskSurvey] = []
}
