/// Greedy non-maximum suppression: of boxes that overlap, the best scored stays.
///
/// Only a box that stays suppresses others; a box already suppressed does not, which is what tells the greedy rule
/// from the one-shot rule of some ports. The boxes that stay are in falling order of score, the earlier first where
/// scores are equal, so that the outcome does not depend on the order of boxes with distinct scores.
///
/// A value with scratch memory of its own: once it has seen its largest input it allocates nothing.
struct NonMaximumSuppression: Sendable {
  private var kept: [Candidate] = []

  /// Removes from `candidates` each box whose overlap with a better one that stays exceeds `threshold`.
  ///
  /// Takes one pass over what is left per box that stays; each pass also finds the next best, so nothing is sorted.
  mutating func callAsFunction(_ candidates: inout [Candidate], threshold: Double, over measure: OverlapMeasure) {
    kept.removeAll(keepingCapacity: true)
    var best = indexOfBest(candidates)
    while let chosen = best {
      let winner = candidates[chosen]
      kept.append(winner)
      best = removeOverlapping(winner, at: chosen, from: &candidates, threshold: threshold, over: measure)
    }
    swap(&candidates, &kept)
  }

  /// Takes out `winner` and what it suppresses, keeps the others in order, and returns the best of those.
  private func removeOverlapping(
    _ winner: Candidate, at chosen: Int, from candidates: inout [Candidate], threshold: Double,
    over measure: OverlapMeasure
  ) -> Int? {
    var count = 0
    var best: Int?
    var bestScore = -Float.infinity
    for index in candidates.indices where index != chosen {
      let candidate = candidates[index]
      // Written as "not within" so that a box that is not a number goes too.
      guard winner.box.overlap(with: candidate.box, over: measure) <= threshold else { continue }
      if candidate.score > bestScore {
        bestScore = candidate.score
        best = count
      }
      candidates[count] = candidate
      count += 1
    }
    candidates.removeLast(candidates.count - count)
    return best
  }

  private func indexOfBest(_ candidates: [Candidate]) -> Int? {
    var best: Int?
    var bestScore = -Float.infinity
    for index in candidates.indices where candidates[index].score > bestScore {
      bestScore = candidates[index].score
      best = index
    }
    return best
  }
}
