internal import Forensics
internal import Foundation
internal import Records

/// `unmask calibrate`: from kept scores to the operating point and the probabilities that a model should work with.
public struct Calibration: Sendable {
  /// What is wanted.
  public struct Options: Sendable {
    public var limits = ErrorLimits()
    public var threads = 1
    /// Of the resampling.
    public var seed: UInt64 = 1
    public var rounds = 2000

    public init() {}
  }

  let scores: ScoreSet
  let sources: [ScoredSource]
  let options: Options

  /// - Throws: `EvaluationError` where there is too little to choose by: fewer than two fakes or two reals that are not
  ///   of the same group.
  public init(_ scores: ScoreSet, options: Options) throws {
    self.scores = scores
    sources = scores.sources.filter { source in
      source.frames.contains { frame in frame.people.contains { $0.scores != nil } }
    }
    self.options = options
    for (isFake, name) in [(true, "fake"), (false, "real")] {
      let groups = Set(sources.filter { $0.item.isFake == isFake }.map(\.item.cluster))
      guard groups.count >= 2 else {
        throw EvaluationError(
          "calibration needs faces in at least two \(name) files of different people, and there are \(groups.count); "
            + "add some to \(name)/")
      }
    }
  }

  /// Tries every point of the grid and chooses; blocks.
  /// - Parameter progress: told how many of the frame rules have been tried.
  public func run(
    progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) -> Calibrated {
    let outcomes = GridOutcomes(
      CalibrationGrid(scores, sources), sources, threads: options.threads, progress: progress)
    let everything = Array(sources.indices)
    var (point, isWithinLimits) = chosen(outcomes, over: everything)
    let isFitted = fit(&point, over: everything)
    clear(&point, over: everything)
    // What the same choice does on people it was not made with.
    var heldOut = Judgements()
    for fold in folds() {
      let learned = everything.filter { !fold.contains($0) }
      var (point, _) = chosen(outcomes, over: learned)
      fit(&point, over: learned)
      clear(&point, over: learned)
      heldOut.add(fold.map { (judged($0, at: point), point.reportedThreshold) })
    }
    let bootstrap = Bootstrap(rounds: options.rounds, seed: options.seed)
    func performance(_ judgements: Judgements) -> CalibrationReport.Performance {
      CalibrationReport.Performance(judgements, clusters: clusters, bootstrap)
    }
    func inSample(_ point: OperatingPoint) -> CalibrationReport.Performance {
      performance(Judgements(everything.map { (judged($0, at: point), point.reportedThreshold) }))
    }
    return Calibrated(
      scores: scores,
      report: CalibrationReport(
        before: scores.point, after: point, isFitted: isFitted, limits: options.limits, isWithinLimits: isWithinLimits,
        tried: outcomes.grid.count, choosesVotes: outcomes.grid.choosesVotes, folds: folds().count,
        files: sources.count,
        seconds: sources.reduce(0) { $0 + ($1.item.isFake || $1.isStill ? 0 : $1.seconds) },
        atPresent: inSample(scores.point), inSample: inSample(point), heldOut: performance(heldOut)))
  }

  /// The best point of the grid, without probabilities and clearance.
  private func chosen(
    _ outcomes: GridOutcomes, over learned: [Int]
  ) -> (point: OperatingPoint, isWithinLimits: Bool) {
    let best = Merit.best(of: outcomes, over: learned, limits: options.limits, present: scores.point)
    return (outcomes.point(best.place), best.isWithinLimits)
  }

  /// Gives the point the map from its scores to probabilities; none when the scores allow of none.
  @discardableResult
  private func fit(_ point: inout OperatingPoint, over learned: [Int]) -> Bool {
    let column = column(of: point)
    let fitted = TemperatureFit.fit(
      learned.map { index in
        TemperatureFit.Series(
          scores: sources[index].frameScores(column: column, at: point), isFake: sources[index].item.isFake)
      })
    point.calibration = fitted ?? .none
    return fitted != nil
  }

  /// Gives the point the clearance that its scores allow of, once they are what is reported.
  private func clear(_ point: inout OperatingPoint, over learned: [Int]) {
    let fakes = learned.filter { sources[$0].item.isFake }
    point.votes.clearance = 1
    let scores = fakes.compactMap { judged($0, at: point).score }
    var tried = point
    let clearance = ClearanceFit.clearance(scores: scores, fakes: fakes.count, limits: options.limits) { clearance in
      tried.votes.clearance = clearance
      return fakes.count { judged($0, at: tried).label == .real }
    }
    // Above the threshold it would say nothing.
    point.votes.clearance = clearance < point.reportedThreshold ? clearance : 1
  }

  private func judged(_ index: Int, at point: OperatingPoint) -> JudgedSource {
    JudgedSource(sources[index], at: point, column: column(of: point))
  }

  private func column(of point: OperatingPoint) -> Int {
    scores.minimumComponents.firstIndex(of: point.minimumComponent) ?? 0
  }

  /// The groups' numbers in the order of their first files.
  private var clusters: [String: Int] {
    sources.reduce(into: [:]) { numbers, source in
      if numbers[source.item.cluster] == nil { numbers[source.item.cluster] = numbers.count }
    }
  }

  /// One group held out at a time; of many groups, a twentieth.
  private func folds() -> [[Int]] {
    let clusters = clusters
    let count = clusters.count <= 60 ? clusters.count : 20
    var folds = [[Int]](repeating: [], count: count)
    for (index, source) in sources.enumerated() { folds[(clusters[source.item.cluster] ?? 0) % count].append(index) }
    return folds
  }
}

/// Files judged, each at the point that was in force for it.
struct Judgements: Sendable {
  private(set) var files: [(judged: JudgedSource, threshold: Float)] = []

  init(_ files: [(JudgedSource, Float)] = []) { add(files) }

  mutating func add(_ more: [(JudgedSource, Float)]) { files += more.map { (judged: $0.0, threshold: $0.1) } }
}

/// What calibration found, ready to be told and to be written into the model.
public struct Calibrated: Sendable {
  let scores: ScoreSet
  let report: CalibrationReport

  /// For a terminal.
  public var text: String { CalibrationText.text(of: report, scores) }
  /// As one JSON object.
  public var json: [UInt8] { CalibrationText.object(of: report, scores).encoded() + [UInt8(ascii: "\n")] }
}
