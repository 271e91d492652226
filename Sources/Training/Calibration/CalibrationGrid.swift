internal import Forensics
internal import Foundation

/// The operating points that calibration tries.
struct CalibrationGrid: Sendable {
  static let lines = [0.3, 0.4, 0.5, 0.6, 0.7]
  static let margins = [0, 0.05, 0.1, 0.2]
  static let dwells = [0.0, 1, 2, 4]

  /// A frame rule with the votes to try it with.
  struct Rule: Sendable, Hashable {
    /// Place of the component size among those that scores were kept for.
    let column: Int
    let minimumComponent: Int
    /// In the network's own confidences.
    let threshold: Float
  }

  let rules: [Rule]
  let votes: [VoteRule]
  /// Whether the votes can be chosen: pictures have one ballot each, and real videos alone would only ever ask for stricter
  /// votes, at a price in manipulated ones that nobody sees.
  let choosesVotes: Bool
  var count: Int { rules.count * votes.count }

  /// - Parameter sources: those that may be learned from.
  init(_ set: ScoreSet, _ sources: [ScoredSource]) {
    let present = set.point
    rules = set.minimumComponents.enumerated().flatMap { column, size in
      var thresholds = Self.thresholds(sources, column: column)
      if size == present.minimumComponent { thresholds.insert(present.threshold) }
      return thresholds.sorted().map { Rule(column: column, minimumComponent: size, threshold: $0) }
    }
    let choosesVotes = [true, false].allSatisfy { isFake in
      Set(sources.filter { $0.item.isFake == isFake && !$0.isStill }.map(\.item.cluster)).count >= 2
    }
    self.choosesVotes = choosesVotes
    func with(_ values: [Double], _ own: Double) -> [Double] { choosesVotes ? Set(values + [own]).sorted() : [own] }
    votes = with(Self.lines, present.votes.line).flatMap { line in
      with(Self.margins, present.votes.margin).flatMap { margin in
        with(Self.dwells, present.votes.dwell).compactMap { dwell in
          // With the margin beyond the ends there would be no way to one of the labels.
          guard line + margin < 1, line - margin >= 0 else { return nil }
          var vote = present.votes
          (vote.line, vote.margin, vote.dwell) = (line, margin, dwell)
          // It is chosen once the scores are probabilities, and changes nothing of what is called fake.
          vote.clearance = 1
          return vote
        }
      }
    }
  }

  /// The parts of frames, by rising score, where thresholds are tried. Where few reals may be called fake, what matters lies
  /// within their last twentieth.
  private static let parts = (0...20).map { Double($0) / 20 } + [0.96, 0.97, 0.98, 0.985, 0.99, 0.995]

  /// Thresholds halfway between neighbouring scores, more of them where there are more scores: at every part of the
  /// reals' frames and of the fakes'. Between reals and fakes that are apart, halfway keeps the same distance from both.
  private static func thresholds(_ sources: [ScoredSource], column: Int) -> Set<Float> {
    func scores(fake: Bool) -> [Float] {
      sources.filter { $0.item.isFake == fake }.flatMap { source in
        source.frames.compactMap { frame in frame.people.compactMap { $0.scores?[column] }.max() }
      }.sorted()
    }
    let (reals, fakes) = (scores(fake: false), scores(fake: true))
    let all = Array(Set(reals + fakes)).sorted()
    guard let highest = all.last else { return [] }
    var thresholds: Set<Float> = []
    for kind in [reals, fakes] where !kind.isEmpty {
      for part in parts {
        let score = kind[Int(part * Double(kind.count - 1))]
        guard score < highest, let next = all.first(where: { $0 > score }) else { continue }
        let middle = score + (next - score) / 2
        thresholds.insert(middle < next ? middle : score)
      }
      // Just below the lowest of a kind.
      if let lowest = kind.first, let before = all.last(where: { $0 < lowest }) {
        thresholds.insert(before + (lowest - before) / 2 < lowest ? before + (lowest - before) / 2 : before)
      }
    }
    return thresholds
  }
}
