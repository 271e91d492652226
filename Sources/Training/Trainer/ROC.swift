/// How well scores tell fakes from reals.
enum ROC {
  /// Area under the curve: the chance that a fake scores higher than a real, ties counting half (Mann, Whitney 1947).
  /// 0.5 when either is missing.
  static func area(fakes: [Float], reals: [Float]) -> Float {
    guard !fakes.isEmpty, !reals.isEmpty else { return 0.5 }
    let sorted = reals.sorted()
    let wins = fakes.reduce(0.0) { sum, score in
      let below = sorted.partitioningIndex { $0 >= score }
      let notAbove = sorted.partitioningIndex { $0 > score }
      return sum + Double(below) + 0.5 * Double(notAbove - below)
    }
    return Float(wins / (Double(fakes.count) * Double(reals.count)))
  }

  /// The threshold of 0.01 to 0.99 at which most frames are right, fakes and reals weighted alike: the grid search of
  /// the frame rule. Of equals the one nearest to 0.5.
  static func bestThreshold(fakes: [Float], reals: [Float]) -> (threshold: Float, balancedAccuracy: Float) {
    func share(_ scores: [Float], _ isRight: (Float) -> Bool) -> Float {
      scores.isEmpty ? 0 : Float(scores.count(where: isRight)) / Float(scores.count)
    }
    let grid = (1...99).map { Float($0) / 100 }.sorted { abs($0 - 0.5) < abs($1 - 0.5) }
    var best: (threshold: Float, balancedAccuracy: Float) = (0.5, -1)
    for threshold in grid {
      let accuracy = (share(fakes) { $0 > threshold } + share(reals) { $0 <= threshold }) / 2
      if accuracy > best.balancedAccuracy { best = (threshold, accuracy) }
    }
    return best
  }
}

extension [Float] {
  /// Index of the first element of a sorted array that satisfies `isAfter`.
  fileprivate func partitioningIndex(where isAfter: (Float) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
