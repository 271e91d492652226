internal import Forensics
internal import Foundation
internal import Media
public import Records

/// Puts what happens to one source into records; used by the daemon and the archive scanner alike.
public struct Narrator: Sendable {
  /// What the records are about.
  public enum Subject: Sendable {
    case stream(StreamDetails)
    case file(FileDetails)

    var name: String {
      switch self {
      case .stream(let stream): stream.name
      case .file(let file): (file.path as NSString).lastPathComponent
      }
    }
  }

  public let subject: Subject
  private let model: ModelDetails

  public init(subject: Subject, models: AnalysisModels) {
    self.init(subject: subject, model: ModelDetails(models.detector))
  }

  public init(subject: Subject, model: ModelDetails) {
    self.subject = subject
    self.model = model
  }

  /// A `verdict.start`, `verdict.update` or `verdict.end` record.
  /// - Parameters:
  ///   - mayAlert: false where a verdict of `fake` is not news, because it was raised a moment ago.
  ///   - evidence: the picture kept for it, relative to the folder of evidence.
  ///   - clip: the video kept for it, likewise.
  public func record(
    of change: PersonChange, mayAlert: Bool = true, evidence: String? = nil, clip: String? = nil
  ) -> Record {
    let verdict = change.change.verdict
    let action: Record.Action =
      switch change.change {
      case .started: .verdictStart
      case .updated: .verdictUpdate
      case .ended: .verdictEnd
      }
    var details = subjectDetails()
    details.verdict = VerdictDetails(verdict)
    details.media = MediaDetails(start: verdict.start, end: verdict.end)
    details.model = model
    if let strongest = verdict.strongest {
      let box = strongest.box
      details.face = FaceDetails(
        track: change.track, box: [box.x, box.y, box.width, box.height],
        frame: [strongest.picture.width, strongest.picture.height], maskArea: Double(strongest.finding.area))
    } else {
      details.face = FaceDetails(track: change.track, box: nil, frame: nil, maskArea: nil)
    }
    details.evidence = evidence
    details.clip = clip
    let isAlert = mayAlert && verdict.label == .fake && action != .verdictUpdate
    var record = Record(
      action, kind: isAlert ? .alert : .event, level: isAlert ? .warn : .info,
      message: "\(subject.name): \(Self.sentence(of: verdict))", reason: verdict.assessment.reason.rawValue,
      details: details)
    if case .stream = subject {
      record.start = Timestamp(unixSeconds: change.epoch + verdict.start)
      record.end = Timestamp(unixSeconds: change.epoch + verdict.end)
    }
    return record
  }

  /// Any other record about the subject.
  public func record(
    _ action: Record.Action, kind: Record.Kind = .event, level: Record.Level = .info, message: String,
    reason: String? = nil, failure: Record.Failure? = nil, amend: (inout Details) -> Void = { _ in }
  ) -> Record {
    var details = subjectDetails()
    amend(&details)
    return Record(
      action, kind: kind, level: level, message: "\(subject.name): \(message)", reason: reason, failure: failure,
      details: details)
  }

  private func subjectDetails() -> Details {
    switch subject {
    case .stream(let stream): Details(stream: stream)
    case .file(let file): Details(file: file)
    }
  }

  static func sentence(of verdict: Verdict) -> String {
    let ballots = verdict.ballots
    return switch (verdict.label, verdict.assessment.reason) {
    case (.fake, _): "manipulated face, \(ballots.fake) of \(ballots.decided) ballots"
    case (.real, _): "no manipulation found, \(ballots.real) of \(ballots.decided) ballots"
    case (.noFace, _): "no face"
    case (.inconclusive, .closeToTheLine): "undecided, \(ballots.fake) of \(ballots.decided) ballots say manipulated"
    case (.inconclusive, .notCleared): "undecided, the score is too high to call the face real"
    case (.inconclusive, _): "undecided, too few usable frames (\(ballots.decided))"
    }
  }
}
