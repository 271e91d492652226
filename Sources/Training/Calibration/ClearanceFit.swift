/// Chooses the clearance: the highest score at which a person may be called real, as long as no larger share of the fakes
/// is called so than is put up with. The others that are not found end as inconclusive.
enum ClearanceFit {
  /// - Parameters:
  ///   - scores: of the fake files, as far as they have one; a clearance lies halfway between two of them.
  ///   - missed: how many of the fake files are called real with a clearance; does not fall as that rises.
  /// - Returns: 1, which clears whoever the ballots call real, where that is allowed; 0 where even the fakes with a score
  ///   of 0 are too many.
  static func clearance(
    scores: [Float], fakes: Int, limits: ErrorLimits, missed: (Float) -> Int
  ) -> Float {
    func isAllowed(_ clearance: Float) -> Bool {
      limits.allow(calledReal: Double(missed(clearance)), fakes: Double(fakes))
    }
    let steps = Set(scores).sorted()
    // Rounding must not reach the higher of the two.
    let between = zip(steps, steps.dropFirst()).map { low, high in
      let middle = low + (high - low) / 2
      return middle < high ? middle : low
    }
    let below = steps.first.map { [$0 / 2] } ?? []
    let candidates = Set([0, 1] + below + between).sorted()
    // The last that is allowed, by halves.
    var low = 0
    var high = candidates.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if isAllowed(candidates[middle]) { low = middle } else { high = middle }
    }
    return candidates[low]
  }
}
