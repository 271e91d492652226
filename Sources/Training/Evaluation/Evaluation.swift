public import Analysis
internal import Faces
internal import Forensics
internal import Foundation
internal import Media
internal import Records

/// From footage with known truth, or from kept scores, to a set of scores that can be reported on or calibrated by.
public final class Evaluation: Sendable {
  /// What is wanted beside the analysis settings.
  public struct Options: Sendable {
    /// Judge everything again after re-encoding it.
    public var reencodes = false
    /// Sources open at once.
    public var jobs = 1
    /// Name and version of the program, for those who want to repeat it.
    public var program = "unmask"

    public init() {}
  }

  /// Component sizes that scores are kept for, beside the model's own.
  static let minimumComponents = [50, 100, 200, 400]

  private let collector: ScoreCollector?
  private let head: ScoreSet
  private let options: Options

  /// Whether a path names scores that an earlier evaluation kept; then no models are needed.
  public static func readsScores(_ path: String) -> Bool { ScoreFile.isNamed(by: path) }

  /// From kept scores, of one run or of several that can be judged as one.
  /// - Parameters:
  ///   - threshold: instead of the one they were kept with, as scores are reported; so the clearance.
  ///   - window: the vote's, seconds.
  /// - Throws: `EvaluationError`.
  public init(
    scores paths: [String], threshold: Float? = nil, clearance: Float? = nil, window: Double? = nil, options: Options
  ) throws {
    var scores = try ScoreSet.joined(paths.map { ($0, try ScoreFile.read($0)) })
    scores.judge(threshold: threshold, clearance: clearance, window: window)
    head = scores
    collector = nil
    self.options = options
  }

  /// From a folder with `real` and `fake` in it, or a CSV file of path, label and group.
  /// - Parameters:
  ///   - complain: told one sentence about each thing that could not be read.
  ///   - progress: told how many of all sources are done.
  /// - Throws: `EvaluationError`, and what loading the networks throws.
  public init(
    of path: String, models: AnalysisModels, settings: AnalysisSettings, options: Options,
    complain: @escaping @Sendable (String) -> Void,
    progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws {
    let set = try EvaluationSet(at: path)
    let point = OperatingPoint(models, settings)
    let components = Set(Self.minimumComponents + [point.minimumComponent]).sorted()
    let card = models.detector.card
    head = ScoreSet(
      model: card.name, version: card.version, sha256: models.detector.sha256,
      calibratedFrom: card.calibratedFrom, minimumComponents: components, point: point,
      sampling: Self.sentence(of: settings), hasListedGroups: set.hasListedGroups,
      circumstances: Circumstances(
        program: options.program, set: path, smallestFace: Self.words(for: settings.minimumFace),
        faceModels: models.faces.identities.map { "\($0.name) \($0.version), SHA-256 \($0.sha256)" }), sources: [])
    collector = try ScoreCollector(
      set.items, conditions: options.reencodes ? [.original] + Condition.reencoded : [.original],
      minimumComponents: components, models: models, settings: settings, complain: complain, progress: progress)
    self.options = options
  }

  /// Blocks until everything is judged; nil when it was stopped.
  public func run() -> ScoreSet? {
    var scores = head
    if let collector {
      guard let sources = collector.run(jobs: options.jobs) else { return nil }
      scores.sources = sources
    }
    return scores
  }

  /// Ends `run` early.
  public func stop() { collector?.stop() }

  private static func words(for face: MinimumFace) -> String {
    switch face {
    case .pixels(let side): "\(FigureText.number(side, decimals: 0)) pixels"
    case .shareOfHeight(let share): "\(FigureText.number(100 * share, decimals: 1)) % of the picture's height"
    }
  }

  private static func sentence(of settings: AnalysisSettings) -> String {
    switch settings.sampling {
    case .rate(let rate): "\(FigureText.number(rate, decimals: rate == rate.rounded() ? 0 : 2)) frames a second"
    case .everyFrame: "every frame"
    case .keyFrames: "key frames"
    case .closer(let rate, within: _): "\(rate) frames a second within ranges, key frames elsewhere"
    }
  }
}
