internal import Analysis
internal import Forensics

/// The scores of a whole set, and how they came about.
public struct ScoreSet: Sendable {
  /// The detector's name, version and SHA-256.
  var model: String
  var version: String
  var sha256: String
  /// SHA-256 of the detector's file as it was before any calibration, which changes no score; nil for one that never was
  /// calibrated, and in files of older versions.
  var calibratedFrom: String?
  /// The component sizes for which there are scores, ascending.
  var minimumComponents: [Int]
  /// Where the detector works by its own card, or by the user's wish.
  var point: OperatingPoint
  /// "3 frames a second" and the like.
  var sampling: String
  /// Whether groups came from a list, so that intervals are over groups.
  var hasListedGroups: Bool
  /// Nil in files of older versions.
  var circumstances: Circumstances?
  /// Whether another threshold was wished for than the masks' overlaps were counted at, which were then left out.
  var lacksOverlaps = false
  var sources: [ScoredSource]

  /// Judges by another point than the scores were kept with.
  /// - Parameter threshold, clearance: as scores are reported, like those of a scan.
  mutating func judge(threshold: Float?, clearance: Float?, window: Double?) {
    if let clearance { point.votes.clearance = clearance }
    if let window { point.votes.window = window }
    guard let threshold, threshold != point.reportedThreshold else { return }
    point.threshold = point.calibration.score(of: threshold)
    // Which pixels are marked depends on the threshold, and only their number was kept.
    for source in sources.indices {
      for frame in sources[source].frames.indices {
        for person in sources[source].frames[frame].people.indices
        where sources[source].frames[frame].people[person].overlap != nil {
          sources[source].frames[frame].people[person].overlap = nil
          lacksOverlaps = true
        }
      }
    }
  }

  /// Several sets as one, in their order.
  ///
  /// Groups of one name are one group; in sets from folders, files of one name are taken to show one person.
  /// - Throws: `EvaluationError` naming what keeps them apart: another model, other circumstances, or a file that is in
  ///   two of them.
  static func joined(_ sets: [(path: String, scores: ScoreSet)]) throws(EvaluationError) -> ScoreSet {
    precondition(!sets.isEmpty, "no scores to join")
    let first = sets[0].path
    var joined = sets[0].scores
    var places: [String: String] = [:]
    for (path, scores) in sets {
      func apart(_ what: String) -> EvaluationError {
        EvaluationError("\(path) and \(first) cannot be judged as one: \(what)")
      }
      guard scores.sha256 == joined.sha256 else { throw apart("they are from different models") }
      guard scores.point == joined.point, scores.minimumComponents == joined.minimumComponents else {
        throw apart("they were kept with different thresholds or votes")
      }
      guard scores.sampling == joined.sampling,
        scores.circumstances?.smallestFace == joined.circumstances?.smallestFace,
        scores.circumstances?.faceModels == joined.circumstances?.faceModels
      else { throw apart("their frames were sampled, or their faces found, in different ways") }
      guard scores.conditions == joined.conditions else { throw apart("only one of them has re-encoded copies") }
      for file in Set(scores.sources.map(\.item.path)) {
        if let other = places.updateValue(path, forKey: file) {
          throw EvaluationError("\(file) is in \(other) and in \(path), and would count twice")
        }
      }
    }
    for (_, scores) in sets.dropFirst() {
      joined.sources += scores.sources
      joined.hasListedGroups = joined.hasListedGroups || scores.hasListedGroups
    }
    joined.circumstances?.set = sets.compactMap(\.scores.circumstances?.set).joined(separator: ", ")
    return joined
  }

  private var conditions: Set<String> { Set(sources.map(\.condition)) }

  /// Whether something could not be read, wholly or in part.
  public var hasFailures: Bool { sources.contains { $0.failure != nil } }
  /// Whether nothing at all could be judged.
  public var isEmpty: Bool { sources.allSatisfy(\.isUnreadable) }

  /// Keeps the scores for calibration or another evaluation.
  /// - Throws: `EvaluationError` when the file cannot be written.
  public func write(to path: String) throws { try ScoreFile.write(self, to: path) }
}

/// What else another must know to come to the same scores.
struct Circumstances: Sendable, Hashable, Codable {
  /// Name and version of the program.
  var program: String
  /// The set as it was given.
  var set: String
  /// "40 pixels" or "8 % of the picture's height".
  var smallestFace: String
  /// Name, version and SHA-256 of each network that finds faces.
  var faceModels: [String]
}
