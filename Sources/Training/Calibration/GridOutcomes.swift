internal import Analysis
internal import Forensics

/// What every operating point of a grid makes of every source, so that choosing needs no vote anew.
struct GridOutcomes: Sendable {
  /// One source at one point.
  struct Outcome: Sendable, Hashable {
    var isCalledFake: Bool
    var alarms: UInt16
  }

  /// Frames of one source at one frame rule: those that fire, and all that were judged.
  struct Frames: Sendable, Hashable {
    var firing: Int
    var judged: Int
  }

  let grid: CalibrationGrid
  let sources: [ScoredSource]
  /// Shape (rules, votes, sources).
  private let outcomes: [[Outcome]]
  /// Shape (rules, sources).
  private let frames: [[Frames]]

  /// Votes with every rule; on `threads` threads.
  /// - Parameter progress: told how many of the frame rules are done.
  init(
    _ grid: CalibrationGrid, _ sources: [ScoredSource], threads: Int,
    progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void
  ) {
    self.grid = grid
    self.sources = sources
    // Each column's ballots are the same for all thresholds.
    let columns = Set(grid.rules.map(\.column))
    let ballots = columns.reduce(into: [Int: [[FrameBallots]]]()) { ballots, column in
      let plain = OperatingPoint(threshold: 0, minimumComponent: 0)
      ballots[column] = sources.map { $0.ballots(column: column, at: plain) }
    }
    let (rules, total) = (grid.rules, grid.rules.count)
    let found = try? mapInParallel(
      total, threads: threads, worker: { () }, finished: { done, _ in progress(done, total) }
    ) { _, index in
      let rule = rules[index]
      let own = ballots[rule.column] ?? []
      let outcomes = grid.votes.flatMap { votes in
        sources.indices.map { place in
          let count = BallotCount(
            own[place], rule: sources[place].isStill ? votes.still : votes, threshold: rule.threshold)
          return Outcome(isCalledFake: count.label == .fake, alarms: UInt16(clamping: count.alarms))
        }
      }
      let frames = sources.map { source in
        let scores = source.frames.compactMap { frame in
          frame.people.compactMap { $0.scores?[rule.column] }.max()
        }
        return Frames(firing: scores.count { $0 > rule.threshold }, judged: scores.count)
      }
      return (outcomes, frames)
    }
    // Voting throws nothing.
    outcomes = found?.map(\.0) ?? []
    frames = found?.map(\.1) ?? []
  }

  /// A point of the grid by its places.
  struct Place: Sendable, Hashable {
    var rule: Int
    var vote: Int
  }

  var places: [Place] {
    grid.rules.indices.flatMap { rule in grid.votes.indices.map { Place(rule: rule, vote: $0) } }
  }

  func point(_ place: Place) -> OperatingPoint {
    let rule = grid.rules[place.rule]
    return OperatingPoint(
      threshold: rule.threshold, minimumComponent: rule.minimumComponent, votes: grid.votes[place.vote])
  }

  func outcome(_ place: Place, source: Int) -> Outcome {
    outcomes[place.rule][place.vote * sources.count + source]
  }

  func frames(_ place: Place, source: Int) -> Frames { frames[place.rule][source] }
}
