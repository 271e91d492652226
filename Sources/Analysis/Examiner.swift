internal import Faces
internal import Forensics
internal import Media
internal import Neural

/// Looks at frames: finds the faces and judges each. One for each analysis thread; what it finds depends on the frame
/// and the look asked for alone, so frames of one source may be examined side by side and put in order afterwards.
final class Examiner {
  /// What may differ from source to source.
  struct Look: Sendable, Hashable {
    let minimumFace: MinimumFace
    let rule: FrameRule

    init(_ models: AnalysisModels, _ settings: AnalysisSettings) {
      minimumFace = settings.minimumFace
      rule = models.rule(settings)
    }
  }

  /// The networks, set up for one look.
  private struct Eyes {
    let detector: FaceDetector
    let segmenter: Segmenter
  }

  /// Looks that are kept prepared; sources that differ in more ways than this take turns.
  private static let most = 8

  private let models: AnalysisModels
  private let survey: SurveyRequest?
  // Detection is over when segmentation begins, so all live in the same memory.
  private let workspace = Workspace()
  private let painter = ViewPainter()
  private var prepared: [Look: Eyes] = [:]
  private let clock = ContinuousClock()

  init(models: AnalysisModels, settings: AnalysisSettings) throws {
    self.models = models
    survey = settings.survey
    _ = try eyes(for: Look(models, settings))
  }

  private func eyes(for look: Look) throws -> Eyes {
    if let eyes = prepared[look] { return eyes }
    if prepared.count >= Self.most { prepared = [:] }
    let eyes = Eyes(
      detector: FaceDetector(models: models.faces, minimumFace: look.minimumFace, workspace: workspace),
      segmenter: try Segmenter(models.detector, rule: look.rule, workspace: workspace))
    prepared[look] = eyes
    return eyes
  }

  /// Does what is to be done with a frame of a lane.
  func outcome(of task: Lane.Task, in lane: Lane) throws -> Lane.Outcome {
    let frame = task.frame
    guard task.isEvidence else {
      let view = task.drawsView ? painter.view(of: frame, marks: []) : nil
      return .withheld(time: frame.time, arrival: frame.arrival, view: view)
    }
    return .examined(
      try examine(frame, lane.look, drawsView: task.drawsView, keepsExhibits: lane.keepsExhibits))
  }

  private func examine(
    _ frame: Frame, _ look: Look, drawsView: Bool, keepsExhibits: Bool
  ) throws -> Examination {
    let eyes = try eyes(for: look)
    let begin = clock.now
    let detection = try eyes.detector.faces(in: frame)
    let middle = clock.now
    var findings: [MaskFinding] = []
    var surveys: [MaskSurvey] = []
    var exhibits: [Exhibit?] = []
    var marks: [MarkedPixels] = []
    for face in detection.faces {
      if let survey {
        let surveyed = eyes.segmenter.survey(survey, for: face, in: frame)
        findings.append(surveyed.finding)
        surveys.append(surveyed.survey)
      } else {
        findings.append(eyes.segmenter.finding(for: face, in: frame))
      }
      if keepsExhibits { exhibits.append(eyes.segmenter.exhibit(of: face, findings[findings.count - 1], in: frame)) }
      if drawsView { marks.append(eyes.segmenter.marks(of: face, in: frame)) }
    }
    let end = clock.now
    return Examination(
      time: frame.time, arrival: frame.arrival, picture: frame.size, isCorrupt: frame.isCorrupt, detection: detection,
      findings: findings, surveys: surveys, exhibits: exhibits, detectionSeconds: (middle - begin) / .seconds(1),
      segmentationSeconds: (end - middle) / .seconds(1),
      view: drawsView ? painter.view(of: frame, marks: marks) : nil)
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
  /// What is to be shown of each face; empty when nothing was asked.
  var exhibits: [Exhibit?] = []
  /// What finding the faces and judging them took.
  var detectionSeconds = 0.0
  var segmentationSeconds = 0.0
  /// The picture for people to look at, if one was wanted; nobody in it has a number yet.
  var view: FrameView?
}
