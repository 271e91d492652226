internal import Forensics

/// A person's ballots as a page can show them: each by itself, or, when there are too many, in steps of equal length.
struct ReportTimeline: Sendable {
  struct Point: Sendable, Hashable {
    /// Media time of the step's first and last ballot, seconds.
    var start: Double
    var end: Double
    /// The highest score; nil when all abstained.
    var score: Float?
    var tally: Tally
    /// Share of the decided ballots that say fake, in the vote window that ends here; nil while it holds none.
    var share: Double?
  }

  /// More points than this are not told apart on a screen.
  static let most = 400

  let points: [Point]
  /// Ballots a point stands for, at most.
  let ballotsPerPoint: Int
  let start: Double
  let end: Double

  /// - Parameter ballots: in order of time.
  init(_ ballots: [ReportBallot], threshold: Float, votes: VoteRule) {
    let start = ballots.first?.time ?? 0
    let end = ballots.last?.time ?? 0
    let step = ballots.count > Self.most && end > start ? (end - start) / Double(Self.most) : 0
    var points: [Point] = []
    var window = Tally()
    var oldest = 0
    for ballot in ballots {
      Self.count(ballot, threshold, into: &window, 1)
      while ballots[oldest].time < ballot.time - votes.window {
        Self.count(ballots[oldest], threshold, into: &window, -1)
        oldest += 1
      }
      let share = window.decided > 0 ? window.fakeShare : nil
      let belongs =
        points.last.map { step > 0 && Int(($0.start - start) / step) == Int((ballot.time - start) / step) } ?? false
      if !belongs { points.append(Point(start: ballot.time, end: ballot.time, tally: Tally())) }
      let last = points.count - 1
      points[last].end = ballot.time
      points[last].share = share
      Self.count(ballot, threshold, into: &points[last].tally, 1)
      if let score = ballot.score { points[last].score = max(points[last].score ?? score, score) }
    }
    (self.points, self.start, self.end) = (points, start, end)
    ballotsPerPoint = points.map { $0.tally.decided + $0.tally.abstained }.max() ?? 0
  }

  private static func count(_ ballot: ReportBallot, _ threshold: Float, into tally: inout Tally, _ weight: Int) {
    switch ballot.score {
    case nil: tally.abstained += weight
    case let score? where score > threshold: tally.fake += weight
    default: tally.real += weight
    }
  }
}
